//! Reads the files of a crate, and finds which file uses items of which other file.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use super::{
    imports::Imports,
    tree::{Load, Tree},
};

/// The files of a crate, with the items that they use from each other.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    /// Name of the root file, such as `lib.rs`. The paths in `files` are relative to the folder of this file.
    pub(crate) root: String,
    /// Paths of all files in a build without tests, including the root file.
    pub(crate) files: BTreeSet<String>,
    /// For each pair of files, the names of the items in the second file that the first file uses.
    pub(crate) arrows: BTreeMap<(String, String), BTreeSet<String>>,
}

/// Reads a crate, beginning with its root file.
pub(crate) fn read(root: &Path, load: Load<'_>) -> anyhow::Result<Graph> {
    let tree = Tree::read(root, load)?;
    let path = |file: usize| tree.files[file].path.clone();
    let mut graph = Graph { root: path(0), ..Graph::default() };
    for file in 0..tree.files.len() {
        graph.files.insert(path(file));
        for (used, name) in Imports::of(&tree, file) {
            graph.arrows.entry((path(file), path(used))).or_default().insert(name);
        }
    }
    Ok(graph)
}

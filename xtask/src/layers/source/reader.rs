//! The files of a crate and the arrows between them.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use super::{
    imports::Imports,
    tree::{Load, Tree},
};

/// Which file uses which, and what of it.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    /// The path of the root file, from its own folder.
    pub(crate) root: String,
    /// The paths of all files that are built without tests, the root among them.
    pub(crate) files: BTreeSet<String>,
    /// The names for which the first file uses the second.
    pub(crate) arrows: BTreeMap<(String, String), BTreeSet<String>>,
}

/// Reads the crate whose root file this is.
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

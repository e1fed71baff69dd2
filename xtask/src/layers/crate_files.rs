//! Reads the crates of this workspace from their sources.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use cargo_metadata::{MetadataCommand, Target, TargetKind};

use super::source::{Graph, read};

/// A crate of this workspace, with its files and with the items that they use from each other.
#[derive(Debug)]
pub(crate) struct CrateFiles {
    pub(crate) name: String,
    /// `true` for the library or the program of a crate under `crates/`. `false` for its tests, and for other crates.
    pub(crate) is_product: bool,
    pub(crate) graph: Graph,
    /// Number of Rust files in each folder. The key is the path of the folder from the workspace.
    pub(crate) folder_sizes: BTreeMap<String, usize>,
}

/// Returns all crates, sorted by name.
pub(crate) fn read_crates() -> anyhow::Result<Vec<CrateFiles>> {
    let metadata = MetadataCommand::new().no_deps().exec()?;
    let workspace = metadata.workspace_root.as_std_path();
    let mut crates = Vec::new();
    for package in metadata.workspace_packages() {
        let at = package.manifest_path.parent().context("a manifest has a folder")?.as_std_path();
        for target in package.targets.iter().filter(|target| is_root(target)) {
            let root = target.src_path.as_std_path();
            let folder = root.parent().context("a root file has a folder")?;
            let is_main = folder == at || folder == at.join("src");
            let name = if is_main { package.name.to_string() } else { format!("{}: {}", package.name, target.name) };
            crates.push(CrateFiles {
                name,
                is_product: is_main && at.starts_with(workspace.join("crates")),
                graph: read(root, &|path| fs::read_to_string(path))?,
                folder_sizes: folder_sizes(workspace, folder)?,
            });
        }
    }
    crates.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(crates)
}

/// Returns `true` for a library, a program, and a test with a `main.rs`. Tests and examples in a single file are left
/// out.
fn is_root(target: &Target) -> bool {
    let is = |kind| target.kind.contains(&kind);
    is(TargetKind::Lib) || is(TargetKind::Bin) || (is(TargetKind::Test) && target.src_path.ends_with("main.rs"))
}

/// Returns the number of Rust files in each folder, including files with tests.
fn folder_sizes(workspace: &Path, folder: &Path) -> anyhow::Result<BTreeMap<String, usize>> {
    let mut found = BTreeMap::new();
    let mut folders: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let mut files = 0;
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            files += usize::from(path.extension().is_some_and(|extension| extension == "rs"));
            if path.is_dir() {
                folders.push(path);
            }
        }
        let name = folder.strip_prefix(workspace).unwrap_or(&folder).to_string_lossy().replace('\\', "/");
        found.insert(name, files);
    }
    Ok(found)
}

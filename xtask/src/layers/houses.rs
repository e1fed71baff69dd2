//! The crates of this workspace, read from their sources.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use cargo_metadata::{MetadataCommand, Target, TargetKind};

use super::source::{Graph, read};

/// A crate with its files.
#[derive(Debug)]
pub(crate) struct CrateRules {
    pub(crate) name: String,
    /// Whether it is one of those under `crates/`, and not a test of one.
    pub(crate) is_product: bool,
    pub(crate) graph: Graph,
    /// How many files each folder has, by its path from the workspace.
    pub(crate) beside: BTreeMap<String, usize>,
}

/// All crates, in the order of their names.
pub(crate) fn houses() -> anyhow::Result<Vec<CrateRules>> {
    let metadata = MetadataCommand::new().no_deps().exec()?;
    let workspace = metadata.workspace_root.as_std_path();
    let mut houses = Vec::new();
    for package in metadata.workspace_packages() {
        let at = package.manifest_path.parent().context("a manifest has a folder")?.as_std_path();
        for target in package.targets.iter().filter(|target| is_root(target)) {
            let root = target.src_path.as_std_path();
            let folder = root.parent().context("a root file has a folder")?;
            let is_main = folder == at || folder == at.join("src");
            let name = if is_main { package.name.to_string() } else { format!("{}: {}", package.name, target.name) };
            houses.push(CrateRules {
                name,
                is_product: is_main && at.starts_with(workspace.join("crates")),
                graph: read(root, &|path| fs::read_to_string(path))?,
                beside: beside(workspace, folder)?,
            });
        }
    }
    houses.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(houses)
}

/// Whether a house of its own begins here, and not with a test or an example that is one file.
fn is_root(target: &Target) -> bool {
    let is = |kind| target.kind.contains(&kind);
    is(TargetKind::Lib) || is(TargetKind::Bin) || (is(TargetKind::Test) && target.src_path.ends_with("main.rs"))
}

/// How many files of Rust each folder has, those for tests among them.
fn beside(workspace: &Path, folder: &Path) -> anyhow::Result<BTreeMap<String, usize>> {
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

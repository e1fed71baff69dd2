//! Compares the `rust-version` of each published crate with the compiler versions that its dependencies need.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, ensure};
use cargo_metadata::{CargoOpt, DependencyKind, MetadataCommand, Package, semver::Version};

use crate::{layers::reached, published::published};

/// Fails if a dependency needs a newer compiler than the published crate that uses the dependency. All features and all
/// platforms are checked.
pub(crate) fn run() -> anyhow::Result<()> {
    let metadata = MetadataCommand::new().features(CargoOpt::AllFeatures).exec()?;
    let resolve = metadata.resolve.as_ref().context("cargo resolved nothing")?;
    let packages: BTreeMap<&str, &Package> =
        metadata.packages.iter().map(|package| (package.id.repr.as_str(), package)).collect();
    let mut uses: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for node in &resolve.nodes {
        let is_built = |kind: &cargo_metadata::DepKindInfo| kind.kind != DependencyKind::Development;
        let direct = node.deps.iter().filter(|dep| dep.dep_kinds.iter().any(is_built));
        uses.entry(&node.id.repr).or_default().extend(direct.map(|dep| dep.pkg.repr.as_str()));
    }
    let mut wrong = Vec::new();
    let mut newest = None;
    for package in published(&metadata) {
        let ours = package.rust_version.as_ref();
        let ours = ours.with_context(|| format!("{} names no rust-version", package.name))?;
        let used = reached(&package.id.repr, &uses).into_iter().map(|id| packages[id]);
        let needs: Vec<_> = used.filter_map(|used| Some((used.rust_version.clone()?, used.name.as_str()))).collect();
        wrong.extend(newer(&needs, ours).map(|(theirs, name)| format!("{}: {name} needs {theirs}", package.name)));
        let others = needs.into_iter().filter(|(_, name)| !is_ours(&metadata, name));
        newest = newest.max(others.max());
    }
    ensure!(
        wrong.is_empty(),
        "the rust-version in Cargo.toml is too old, raise it or use an older dependency:\n  {}",
        wrong.join("\n  ")
    );
    if let Some((version, name)) = newest {
        println!("the rust-version is new enough: the newest one that a dependency needs is {version}, for {name}");
    }
    Ok(())
}

/// Returns the dependencies that need a newer compiler than `ours`.
fn newer<'a>(needs: &'a [(Version, &'a str)], ours: &'a Version) -> impl Iterator<Item = &'a (Version, &'a str)> {
    needs.iter().filter(move |(theirs, _)| theirs > ours)
}

/// Returns `true` if the crate belongs to this workspace. The printed message about the newest `rust-version` leaves
/// such a crate out.
fn is_ours(metadata: &cargo_metadata::Metadata, name: &str) -> bool {
    metadata.workspace_packages().iter().any(|package| package.name.as_str() == name)
}

#[cfg(test)]
mod tests {
    use super::{Version, newer};

    #[test]
    fn who_needs_more_is_named() {
        let (one, other) = (Version::new(1, 89, 0), Version::new(1, 90, 0));
        let needs = [(one.clone(), "one"), (other.clone(), "other"), (Version::new(1, 9, 0), "old")];
        assert_eq!(newer(&needs, &one).map(|(_, name)| *name).collect::<Vec<_>>(), ["other"]);
        assert_eq!(newer(&needs, &other).count(), 0);
    }
}

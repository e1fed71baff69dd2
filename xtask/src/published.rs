//! The crates of this workspace that are published.

use cargo_metadata::{Metadata, Package};

/// Returns the published crates, sorted by name.
pub(crate) fn published(metadata: &Metadata) -> Vec<&Package> {
    let is_published = |package: &&Package| package.publish.as_ref().is_none_or(|registries| !registries.is_empty());
    let mut packages: Vec<_> = metadata.workspace_packages().into_iter().filter(is_published).collect();
    packages.sort_by_key(|package| package.name.as_str());
    packages
}

//! Builds the documentation of the published crates, and checks its pages and the Markdown files of the crates.

mod markdown;
mod pages;

pub(crate) use self::markdown::dead_links;

use std::fs;

use anyhow::{Context as _, ensure};
use cargo_metadata::MetadataCommand;

use crate::{cargo::cargo, published::published, target::target};

/// Maximum number of characters of a line of code. A longer line does not fit into a page of docs.rs.
const MAX_WIDTH: usize = 96;

/// Builds the documentation with all features, as docs.rs does, in an empty folder: links into a crate must not depend on
/// the order in which the crates are documented. Fails if a page or a Markdown file breaks a rule.
pub(crate) fn run() -> anyhow::Result<()> {
    let doc = target().join("doc");
    if doc.exists() {
        fs::remove_dir_all(&doc)?;
    }
    let metadata = MetadataCommand::new().no_deps().exec()?;
    let packages = published(&metadata);
    let names: Vec<_> = packages.iter().map(|package| format!("-p {}", package.name)).collect();
    cargo(&format!("doc --no-deps --all-features {}", names.join(" ")), &[("RUSTDOCFLAGS", "-D warnings")])?;

    // docs.rs shows libraries only. The pages of a program are for work on its modules.
    let libraries = packages.iter().flat_map(|package| &package.targets).filter(|it| it.is_lib());
    let libraries: Vec<_> = libraries.map(|library| library.name.clone()).collect();
    let mut wrong = pages::wrong(&doc, &libraries)?;
    for package in packages {
        let folder = package.manifest_path.parent().context("a manifest has a folder")?.as_std_path();
        let features = package.features.iter().map(|(name, parts)| (name.as_str(), parts.as_slice())).collect();
        wrong.extend(markdown::wrong(folder, &features, &doc)?);
    }
    ensure!(wrong.is_empty(), "the documentation has errors:\n  {}", wrong.join("\n  "));
    println!("each request has an example, each link leads to a page, and each feature is in a table");
    Ok(())
}

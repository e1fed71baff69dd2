//! Checks of the statements of README that are neither generated nor run: links, names of tests, features, and versions of the
//! compiler.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, ensure};

use crate::target::xtask;

/// Checks the page.
pub(super) fn check(page: &str) -> anyhow::Result<()> {
    let root = xtask().with_file_name("");
    links(page, &root)?;
    tests(page, &root)?;
    features(page, &root)?;
    compilers(page, &root)
}

/// Checks that each link to a file of the repository leads to one.
fn links(page: &str, root: &Path) -> anyhow::Result<()> {
    let targets = page.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    for target in targets.filter(|target| !target.contains("://") && !target.starts_with('#')) {
        let file = target.split('#').next().unwrap_or_default();
        ensure!(root.join(file).exists(), "README has a link to {target}, which does not exist");
    }
    Ok(())
}

/// Checks that each test that README names exists. The names of tests are the only words with three or more underscores.
fn tests(page: &str, root: &Path) -> anyhow::Result<()> {
    let words = page.split('`').skip(1).step_by(2);
    let named: BTreeSet<&str> = words.filter(|word| word.matches('_').count() > 2 && !word.contains(' ')).collect();
    ensure!(!named.is_empty(), "README names no test");
    let mut sources = String::new();
    for file in rust_files(&root.join("tests"))? {
        sources += &fs::read_to_string(file)?;
    }
    for name in named {
        ensure!(sources.contains(&format!("fn {name}(")), "README names the test {name}, which does not exist");
    }
    Ok(())
}

/// Checks that README lists all features of kie-suno that an application chooses.
fn features(page: &str, root: &Path) -> anyhow::Result<()> {
    let manifest: toml::Table = toml::from_str(&fs::read_to_string(root.join("crates/kie-suno/Cargo.toml"))?)?;
    let features = manifest.get("features").and_then(toml::Value::as_table).context("kie-suno has no features")?;
    let line = page.lines().find(|line| line.starts_with("kie-suno = ")).context("README has no line for kie-suno")?;
    let (_, listed) = line.split_once("# features: ").context("the line for kie-suno lists no features")?;
    let listed: BTreeSet<&str> = listed.split(", ").collect();
    let exist: BTreeSet<&str> = features.keys().map(String::as_str).filter(|name| !OFF_LIST.contains(name)).collect();
    ensure!(listed == exist, "README lists the features {listed:?} of kie-suno, which has {exist:?}");
    Ok(())
}

/// Features that are on by default.
const OFF_LIST: [&str; 2] = ["default", "ring"];

/// Checks the versions of the compiler that README tells.
fn compilers(page: &str, root: &Path) -> anyhow::Result<()> {
    for manifest in ["Cargo.toml", "xtask/Cargo.toml"] {
        let text = fs::read_to_string(root.join(manifest))?;
        let version = text.lines().find_map(|line| line.strip_prefix("rust-version = "));
        let version = version.with_context(|| format!("{manifest} has no version"))?.trim_matches('"');
        ensure!(
            page.contains(&format!("{version} or later")),
            "README does not tell that {manifest} needs Rust {version}"
        );
    }
    Ok(())
}

fn rust_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    Ok(found)
}

//! Checks of the statements of README that are neither generated nor run: links, paths of crates, names of tests, features,
//! and versions of the compiler.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context as _, ensure};

use crate::{
    docs::dead_links,
    files::{files_below, has_extension},
    target::{target, xtask},
};

/// Checks the page.
pub(super) fn check(page: &str) -> anyhow::Result<()> {
    let root = xtask().with_file_name("");
    let dead = dead_links(page, &root.join("README.md"), &target().join("doc"));
    ensure!(dead.is_empty(), "README has links that lead nowhere: {}", dead.join(", "));
    paths(page, &root)?;
    tests(page, &root)?;
    features(page, &root)?;
    compilers(page, &root)
}

/// Checks that each crate that README adds by its path is there.
fn paths(page: &str, root: &Path) -> anyhow::Result<()> {
    for line in page.lines().filter_map(|line| line.strip_prefix("$ cargo add ")) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [name, "--path", path, ..] = words[..] else { continue };
        let folder = path.strip_prefix("../kie-suno/").with_context(|| format!("{path} is not in the clone"))?;
        let manifest: toml::Table = toml::from_str(&fs::read_to_string(root.join(folder).join("Cargo.toml"))?)?;
        let found = manifest.get("package").and_then(|package| package.get("name")).and_then(toml::Value::as_str);
        ensure!(found == Some(name), "README adds {name} from {path}, where {found:?} is");
    }
    Ok(())
}

/// Checks that each test that README names exists. The names of tests are the only words with three or more underscores.
fn tests(page: &str, root: &Path) -> anyhow::Result<()> {
    let words = page.split('`').skip(1).step_by(2);
    let named: BTreeSet<&str> = words.filter(|word| word.matches('_').count() > 2 && !word.contains(' ')).collect();
    ensure!(!named.is_empty(), "README names no test");
    let mut sources = String::new();
    for file in files_below(&root.join("tests"))?.iter().filter(|file| has_extension(file, "rs")) {
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

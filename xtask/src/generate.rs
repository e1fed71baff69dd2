//! Writes the generated files: the documents for other languages, fixtures, and parts of three Markdown files. A change of the
//! fixtures shows that a type has changed. The fixtures do not show that the service behaves like this.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use kie_types::catalog::{self, OPERATIONS};
use serde_json::Value;

use crate::{files::files_below, openapi, readme, rules, tables};

/// Folder of the generated fixtures.
const FIXTURES: &str = "tests/fixtures/generated";

/// Folders that contain only generated files.
const FOLDERS: [&str; 2] = [FIXTURES, openapi::SCHEMAS];

/// Folder with the description of the API for other languages.
const CONTRACT: &str = "crates/kie-types/contract";

/// Path of a Markdown file with generated parts, and the function that takes its text and returns it with new parts.
type Page = (&'static str, fn(&str) -> anyhow::Result<String>);

const PAGES: [Page; 3] = [
    ("README.md", readme::renewed),
    ("crates/kie-types/README.md", tables::renewed),
    ("crates/README.md", tables::with_rooms),
];

pub(crate) fn run(check: bool) -> anyhow::Result<()> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let files = files(&root)?;
    let mut pages = Vec::new();
    for (page, renewed) in PAGES {
        let text = fs::read_to_string(root.join(page))?;
        let should = renewed(&text)?;
        pages.extend((text != should).then_some((page, should)));
    }
    let stale: Vec<PathBuf> = existing(&root)?.into_iter().filter(|path| !files.contains_key(path)).collect();
    let changed = |path: &&PathBuf| fs::read_to_string(root.join(path)).ok().as_ref() != files.get(*path);
    let changed: Vec<&PathBuf> = files.keys().filter(changed).collect();
    if check {
        let wrong = changed.into_iter().chain(&stale).map(|path| path.display().to_string());
        let wrong: Vec<String> = pages.iter().map(|(page, _)| (*page).to_owned()).chain(wrong).collect();
        if !wrong.is_empty() {
            bail!("not up to date, run `cargo xtask generate`: {}", wrong.join(", "));
        }
        println!("{} generated files are up to date", files.len());
        return Ok(());
    }
    for (page, should) in pages {
        fs::write(root.join(page), should)?;
    }
    for path in &stale {
        fs::remove_file(root.join(path))?;
    }
    for path in &changed {
        let to = root.join(path);
        fs::create_dir_all(to.parent().context("a file has a folder")?)?;
        fs::write(to, &files[*path])?;
    }
    println!("{} generated files, {} written, {} removed", files.len(), changed.len(), stale.len());
    Ok(())
}

/// Returns the paths of the files that exist now in the folders of generated files.
fn existing(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for folder in FOLDERS.map(|folder| root.join(folder)).iter().filter(|folder| folder.exists()) {
        for file in files_below(folder)? {
            found.push(file.strip_prefix(root)?.to_owned());
        }
    }
    Ok(found)
}

/// Returns the path and the content of every generated file.
fn files(root: &Path) -> anyhow::Result<BTreeMap<PathBuf, String>> {
    let mut files = BTreeMap::new();
    for operation in OPERATIONS {
        let examples = catalog::examples(operation.name).context("every listed operation has examples")?;
        files.insert(format!("{FIXTURES}/requests/{}.json", operation.name).into(), printed(&Value::Array(examples))?);
    }
    files.insert(format!("{FIXTURES}/limits.json").into(), printed(&Value::Array(rules::lengths()?))?);
    files.insert(format!("{FIXTURES}/rules.json").into(), lines(&rules::probes()?)?);
    files.insert(format!("{CONTRACT}/limits.json").into(), printed(&rules::limits())?);
    files.insert(format!("{CONTRACT}/schemas/Limits.json").into(), printed(&rules::schema_of_limits())?);
    files.insert(format!("{FIXTURES}/operations.json").into(), printed(&serde_json::to_value(OPERATIONS)?)?);
    let documents = openapi::documents()?;
    for (path, content) in openapi::files(&documents)? {
        files.insert(path, printed(&content)?);
    }
    let recorded = fs::read_to_string(root.join(openapi::SURFACE)).ok();
    files.insert(openapi::SURFACE.into(), openapi::surface(&documents, recorded.as_deref())?);
    Ok(files)
}

/// Prints a list with one line for each entry.
fn lines(rows: &[Value]) -> anyhow::Result<String> {
    let rows = rows.iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>()?;
    Ok(format!("[\n{}\n]\n", rows.join(",\n")))
}

fn printed(value: &Value) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(value)? + "\n")
}

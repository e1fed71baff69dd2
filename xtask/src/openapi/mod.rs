//! Writes the documents for services and for languages other than Rust: OpenAPI documents, and JSON Schemas of single
//! bodies.

mod answer;
mod callbacks;
mod classic;
mod document;
mod examples;
mod facts;
mod market;
mod standalone;
mod surface;

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::Context as _;
use kie_types::{Host, catalog::OPERATIONS};
use serde_json::Value;

/// Folder with the documents.
const FOLDER: &str = "crates/kie-types/contract";

/// Folder with the JSON Schemas of single bodies. It contains only generated files.
pub(crate) const SCHEMAS: &str = "crates/kie-types/contract/schemas";

/// Record of the parts of the documents on which a program in another language can rely.
pub(crate) const SURFACE: &str = "crates/kie-types/contract/surface.txt";

/// Changes of the documents. The first heading is their version.
const CHANGELOG: &str = include_str!("../../../crates/kie-types/contract/CHANGELOG.md");

/// Returns the documents, by the names of their files.
pub(crate) fn documents() -> anyhow::Result<BTreeMap<&'static str, Value>> {
    Ok(BTreeMap::from([
        ("openapi.json", classic::document(Host::Api)?),
        ("market.json", market::document()?),
        ("uploads.json", classic::document(Host::Upload)?),
    ]))
}

/// Returns the path and the content of each file that is made from the documents.
pub(crate) fn files() -> anyhow::Result<BTreeMap<PathBuf, Value>> {
    let documents = documents()?;
    let schemas = standalone::schemas(&documents)?;
    let schemas = schemas.into_iter().map(|(name, schema)| (format!("{SCHEMAS}/{name}.json").into(), schema));
    let documents = documents.into_iter().map(|(name, document)| (format!("{FOLDER}/{name}").into(), document));
    Ok(documents.chain(schemas).collect())
}

/// Returns the surface of the documents. `recorded` is the surface that was recorded last.
///
/// # Errors
///
/// If a change breaks programs, and the changelog of the documents does not declare it.
pub(crate) fn surface(recorded: Option<&str>) -> anyhow::Result<String> {
    surface::compare(&documents()?, recorded)
}

/// Returns the version of the documents, which is not that of the crates: it changes if a document changes.
fn version() -> anyhow::Result<&'static str> {
    let heading = CHANGELOG.lines().find_map(|line| line.strip_prefix("## "));
    Ok(heading.context("the changelog of the documents has no version")?.trim())
}

/// Returns a name of one word for an operation or a kind of task: `GenerateMusic` for `generate-music`.
fn pascal(name: &str) -> String {
    let mut pascal = String::new();
    for word in name.split('-') {
        let mut letters = word.chars();
        pascal.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        pascal.push_str(letters.as_str());
    }
    pascal
}

/// Returns the names of the operations of a host on the classic route.
fn operations(host: Host) -> impl Iterator<Item = &'static str> {
    OPERATIONS.iter().filter(move |operation| operation.host == host).map(|operation| operation.name)
}

/// Returns a reference to a component of the document.
fn reference(name: &str) -> Value {
    serde_json::json!({ "$ref": format!("#/components/schemas/{name}") })
}

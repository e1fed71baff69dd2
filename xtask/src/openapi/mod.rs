//! Writes the documents for services and for languages other than Rust: OpenAPI documents, and JSON Schemas of single
//! bodies.

mod answer;
mod callbacks;
mod classic;
mod document;
mod examples;
mod facts;
mod market;
mod names;
mod standalone;
mod surface;

use std::{collections::BTreeMap, path::PathBuf};

use kie_types::Host;
use serde_json::Value;

/// Folder with the documents.
const FOLDER: &str = "crates/kie-types/contract";

/// Folder with the JSON Schemas of single bodies. It contains only generated files.
pub(crate) const SCHEMAS: &str = "crates/kie-types/contract/schemas";

/// Record of the parts of the documents on which a program in another language can rely.
pub(crate) const SURFACE: &str = "crates/kie-types/contract/surface.txt";

/// The documents, by the names of their files.
pub(crate) type Documents = BTreeMap<&'static str, Value>;

/// Returns the documents.
pub(crate) fn documents() -> anyhow::Result<Documents> {
    Ok(BTreeMap::from([
        ("openapi.json", classic::document(Host::Api)?),
        ("market.json", market::document()?),
        ("uploads.json", classic::document(Host::Upload)?),
    ]))
}

/// Returns the path and the content of each file that is made from the documents.
pub(crate) fn files(documents: &Documents) -> anyhow::Result<BTreeMap<PathBuf, Value>> {
    let schemas = standalone::schemas(documents)?;
    let schemas = schemas.into_iter().map(|(name, schema)| (format!("{SCHEMAS}/{name}.json").into(), schema));
    let documents = documents.iter().map(|(name, document)| (format!("{FOLDER}/{name}").into(), document.clone()));
    Ok(documents.chain(schemas).collect())
}

/// Returns the surface of the documents. `recorded` is the surface that was recorded last.
///
/// # Errors
///
/// If a change breaks programs, and the changelog of the documents does not declare it.
pub(crate) fn surface(documents: &Documents, recorded: Option<&str>) -> anyhow::Result<String> {
    surface::compare(documents, recorded)
}

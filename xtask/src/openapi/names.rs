//! The version of the documents, and names in them.

use anyhow::Context as _;
use kie_types::{Host, catalog::OPERATIONS};
use serde_json::{Value, json};

/// Changes of the documents. The first heading is their version.
const CHANGELOG: &str = include_str!("../../../crates/kie-types/contract/CHANGELOG.md");

/// Returns the version of the documents, which is not that of the crates: it changes if a document changes.
pub(super) fn version() -> anyhow::Result<&'static str> {
    let heading = CHANGELOG.lines().find_map(|line| line.strip_prefix("## "));
    Ok(heading.context("the changelog of the documents has no version")?.trim())
}

/// Returns a name of one word for an operation or a kind of task: `GenerateMusic` for `generate-music`.
pub(super) fn pascal(name: &str) -> String {
    let mut pascal = String::new();
    for word in name.split('-') {
        let mut letters = word.chars();
        pascal.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        pascal.push_str(letters.as_str());
    }
    pascal
}

/// Returns the names of the operations of a host on the classic route.
pub(super) fn operations(host: Host) -> impl Iterator<Item = &'static str> {
    OPERATIONS.iter().filter(move |operation| operation.host == host).map(|operation| operation.name)
}

/// Returns a reference to a component of the document.
pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

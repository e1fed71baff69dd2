//! JSON on standard output.

use serde::Serialize;

use crate::output::terminal::print;

/// Version of the documents of all verbs. It grows when a key changes its meaning or disappears. New keys and new words can
/// appear in the same version. The folder `schemas` has the schemas of this version.
pub(crate) const VERSION: u8 = 1;

/// A document with the version of its form.
#[derive(Serialize)]
struct Versioned<'a, T> {
    version: u8,
    #[serde(flatten)]
    document: &'a T,
}

/// Outcome of a document that is printed only after a success.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) enum Success {
    /// The call succeeded.
    Success,
}

/// Prints a JSON document on one line of standard output, for a command that prints several of them. Each has the key
/// `version`.
pub(crate) fn print_json_line(document: &impl Serialize) {
    // A document of strings and numbers can always be printed.
    drop(serde_json::to_string(&Versioned { version: VERSION, document }).map(|line| print(&line)));
}

/// Prints a JSON document on standard output, with the key `version` before its own keys. The document must be an object.
/// Its texts are exact: no character is replaced.
pub(crate) fn print_json(document: &impl Serialize) -> anyhow::Result<()> {
    print(&serde_json::to_string_pretty(&Versioned { version: VERSION, document })?);
    Ok(())
}

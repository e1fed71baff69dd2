//! JSON on standard output.

use serde::Serialize;

use crate::output::terminal::print;

/// Prints a JSON document on standard output. Its texts are exact: no character is replaced.
pub(crate) fn print_json(document: &impl Serialize) -> anyhow::Result<()> {
    print(&serde_json::to_string_pretty(document)?);
    Ok(())
}

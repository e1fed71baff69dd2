//! JSON on standard output.

use serde::Serialize;

use crate::output::terminal::out;

/// Prints a JSON document on standard output.
pub(crate) fn print_json(document: &impl Serialize) -> anyhow::Result<()> {
    out!("{}", serde_json::to_string_pretty(document)?);
    Ok(())
}

//! `kie logout`: removes a stored API key.

use serde_json::json;

use crate::{
    args::{GlobalArgs, OutputFormat},
    exit::ExitError,
    output::{out, print_json},
    session::{address, key_file},
};

/// Examples in the help.
pub(crate) const EXAMPLES: &str = "\
Examples:
  kie logout
  kie --format json logout";

pub(crate) fn run(global: &GlobalArgs) -> Result<(), ExitError> {
    let address = address(global);
    let mut keys = key_file::read()?;
    let was_stored = keys.remove(&address).is_some();
    if was_stored {
        key_file::write(&keys)?;
    }
    if global.format == OutputFormat::Json {
        return Ok(print_json(&json!({ "address": address, "removed": was_stored }))?);
    }
    let result = if was_stored { "is removed" } else { "was not stored" };
    out!("the key for {address} {result}");
    Ok(())
}

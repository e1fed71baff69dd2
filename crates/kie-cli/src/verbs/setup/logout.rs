//! `kie logout`: removes a stored API key.

use serde::Serialize;

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

/// A key that was to be removed.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct LoggedOut {
    /// Address of the service to which the key belongs.
    address: String,
    /// `false` if no key was stored.
    removed: bool,
}

pub(crate) fn run(global: &GlobalArgs) -> Result<(), ExitError> {
    let address = address(global);
    let mut keys = key_file::read()?;
    let was_stored = keys.remove(&address).is_some();
    if was_stored {
        key_file::write(&keys)?;
    }
    if global.format == OutputFormat::Json {
        return Ok(print_json(&LoggedOut { address, removed: was_stored })?);
    }
    let result = if was_stored { "is removed" } else { "was not stored" };
    out!("the key for {address} {result}");
    Ok(())
}

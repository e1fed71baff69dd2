//! Input of a command: a file, or standard input.

use std::{io::Read, path::Path};

use anyhow::Context as _;
use serde_json::Value;

use crate::exit::{ExitError, Interrupt};

/// Path that stands for standard input.
const STDIN: &str = "-";

/// Reads a file, or standard input if the path is `-`.
pub(crate) async fn read_bytes(file: &Path, interrupt: &Interrupt) -> Result<Vec<u8>, ExitError> {
    let (name, file) = (name(file), file.to_owned());
    let read = move || {
        if file == Path::new(STDIN) {
            let mut bytes = Vec::new();
            std::io::stdin().read_to_end(&mut bytes).context("standard input cannot be read")?;
            return Ok(bytes);
        }
        std::fs::read(&file).with_context(|| format!("{} cannot be read", file.display()))
    };
    interrupt.during_blocking(&format!("reading {name}"), read).await
}

/// Reads a JSON document from a file, or from standard input if the path is `-`.
pub(crate) async fn read_json(file: &Path, interrupt: &Interrupt) -> Result<Value, ExitError> {
    let bytes = read_bytes(file, interrupt).await?;
    serde_json::from_slice(&bytes).map_err(|error| ExitError::Invalid(format!("{} is not JSON: {error}", name(file))))
}

/// Returns the text that an argument means, if there is an argument: the content of standard input for `-`, the content
/// of a file for `@FILE`, and the argument itself in all other cases. `@@` at the beginning stands for one `@`. Line
/// breaks at the end of a file are left out.
pub(crate) async fn read_text(argument: Option<String>, interrupt: &Interrupt) -> Result<Option<String>, ExitError> {
    let Some(argument) = argument else { return Ok(None) };
    let file = match argument.strip_prefix('@') {
        _ if argument == STDIN => STDIN,
        Some(rest) if rest.starts_with('@') => return Ok(Some(rest.to_owned())),
        Some(file) => file,
        None => return Ok(Some(argument)),
    };
    let bytes = read_bytes(Path::new(file), interrupt).await?;
    let not_text = |_| ExitError::Invalid(format!("{} is not UTF-8 text", name(Path::new(file))));
    let text = String::from_utf8(bytes).map_err(not_text)?;
    Ok(Some(text.trim_start_matches('\u{feff}').trim_end_matches(['\n', '\r']).to_owned()))
}

fn name(file: &Path) -> String {
    if file == Path::new(STDIN) { "standard input".to_owned() } else { file.display().to_string() }
}

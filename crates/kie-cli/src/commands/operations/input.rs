//! Input of a command: a file, or standard input.

use std::{io::Read, path::Path};

use anyhow::Context as _;
use serde_json::Value;

/// Reads a file, or standard input if the path is `-`.
pub(crate) fn read_bytes(file: &Path) -> anyhow::Result<Vec<u8>> {
    if file == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).context("standard input cannot be read")?;
        return Ok(bytes);
    }
    std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))
}

/// Reads a JSON document from a file, or from standard input if the path is `-`.
pub(crate) fn read_json(file: &Path) -> anyhow::Result<Value> {
    let name = if file == Path::new("-") { "standard input".into() } else { file.display().to_string() };
    serde_json::from_slice(&read_bytes(file)?).with_context(|| format!("{name} is not JSON"))
}

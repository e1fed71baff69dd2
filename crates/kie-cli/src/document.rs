//! What a command prints on standard output in the end.

use std::{
    io::Read,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use kie_suno::{Credits, Report};
use serde::Serialize;
use serde_json::Value;

use crate::{args::Format, terminal::out};

/// The end of a task, as one document.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Document {
    pub(crate) operation: &'static str,
    #[serde(flatten)]
    pub(crate) report: Report,
    /// The files that were saved.
    pub(crate) files: Vec<Saved>,
    /// The difference of the balance before and after, which other tasks of the account may share in.
    pub(crate) credits_spent: Option<Credits>,
    pub(crate) credits_left: Option<Credits>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Saved {
    pub(crate) id: Option<String>,
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
}

impl Document {
    pub(crate) fn print(&self, format: Format) -> anyhow::Result<()> {
        if format == Format::Json {
            return print_json(self);
        }
        for file in &self.files {
            let item = self.report.items.iter().find(|item| item.id == file.id);
            let length = item.and_then(|item| item.duration_s).map(minutes).unwrap_or_default();
            out!("{}  {length:>5}  {}", file.path.display(), size(file.bytes));
        }
        if self.files.is_empty() {
            for item in &self.report.items {
                let title = item.title.as_deref().unwrap_or("untitled");
                let length = item.duration_s.map(minutes).unwrap_or_default();
                out!("{title}  {length}  {}", item.url.as_deref().unwrap_or("not finished"));
            }
        }
        match (self.credits_spent, self.credits_left) {
            (Some(spent), Some(left)) => out!("cost about {spent} credits, {left} left"),
            (None, Some(left)) => out!("{left} credits left"),
            _ => {}
        }
        Ok(())
    }
}

/// Prints one JSON document on standard output.
pub(crate) fn print_json(document: &impl Serialize) -> anyhow::Result<()> {
    out!("{}", serde_json::to_string_pretty(document)?);
    Ok(())
}

/// Reads a file, or standard input where the file is `-`.
pub(crate) fn read_bytes(file: &Path) -> anyhow::Result<Vec<u8>> {
    if file == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).context("standard input cannot be read")?;
        return Ok(bytes);
    }
    std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))
}

/// Reads a JSON document from a file, or from standard input where the file is `-`.
pub(crate) fn read_json(file: &Path) -> anyhow::Result<Value> {
    serde_json::from_slice(&read_bytes(file)?).with_context(|| format!("{} is not JSON", file.display()))
}

/// Seconds as minutes and seconds, such as `2:31`.
pub(crate) fn minutes(seconds: f64) -> String {
    let seconds = seconds.round().max(0.0) as u64;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

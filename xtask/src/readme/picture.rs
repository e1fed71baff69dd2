//! The picture of a terminal with the first command of README and its output.

use std::{fs, path::PathBuf};

use anstyle_svg::Term;
use anyhow::ensure;

use crate::target::xtask;

/// Draws the picture.
pub(super) fn draw(transcript: &str) -> anyhow::Result<()> {
    Ok(fs::write(path(), drawn(transcript))?)
}

/// Checks that the picture shows the transcript.
pub(super) fn compare(transcript: &str) -> anyhow::Result<()> {
    let shown = fs::read_to_string(path())?;
    ensure!(shown == drawn(transcript), "{} is old: run `cargo xtask readme --write`", path().display());
    Ok(())
}

fn path() -> PathBuf {
    xtask().with_file_name("crates").join("kie-cli/assets/first-song.svg")
}

/// Returns the picture. The command is bold, as what a person types.
fn drawn(transcript: &str) -> String {
    let (command, output) = transcript.trim_end().split_once('\n').unwrap_or((transcript, ""));
    Term::new().render_svg(&format!("\u{1b}[1m{command}\u{1b}[0m\n{output}\n"))
}

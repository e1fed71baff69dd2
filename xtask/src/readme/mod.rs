//! The README of the workspace: its generated tables, the run of its first command, and a check of its other statements.

mod claims;
mod first_command;
mod parts;
mod picture;

use std::{fs, path::PathBuf};

use anyhow::Context as _;

pub(crate) use self::parts::renewed;
use crate::{cargo::cargo, target::xtask};

/// Runs the first command of README, and checks the other statements. With `write`, it also writes the output of this command into
/// README, and draws its picture.
pub(crate) fn run(write: bool) -> anyhow::Result<()> {
    // With the feature, `cargo xtask contract` needs no second build.
    cargo("build --release -p kie-cli --features mcp", &[])?;
    let output = first_command::run(&page()?)?;
    if write {
        fs::write(path(), first_command::with_output(&page()?, &output)?)?;
        picture::draw(&first_command::transcript(&page()?)?)?;
    }
    let transcript = first_command::transcript(&page()?)?;
    first_command::compare(&transcript, &output)?;
    picture::compare(&transcript)?;
    claims::check(&page()?)
}

fn path() -> PathBuf {
    xtask().with_file_name("README.md")
}

fn page() -> anyhow::Result<String> {
    fs::read_to_string(path()).context("README.md cannot be read")
}

//! Runs cargo.

use std::{process::Command, time::Instant};

use anyhow::{Context as _, bail};

/// Runs cargo with these arguments, which are separated by spaces, and prints the time that it took.
pub(crate) fn cargo(arguments: &str, environment: &[(&str, &str)]) -> anyhow::Result<()> {
    eprintln!("\n== cargo {arguments}");
    let begin = Instant::now();
    let mut command = Command::new(env!("CARGO"));
    // Each run compiles nothing twice. So the files for incremental builds would only take disk space and time.
    command.args(arguments.split(' ')).env("CARGO_INCREMENTAL", "0");
    let status = command.envs(environment.iter().copied()).status();
    let status = status.context("cargo cannot be run")?;
    if !status.success() {
        bail!("cargo {arguments} failed");
    }
    eprintln!("== {:.0?}", begin.elapsed());
    Ok(())
}

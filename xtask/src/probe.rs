//! Runs the separate package `xtask/probe`, which asks the real service. It is a package of its own, so that the other
//! commands are compiled without the client.

use std::process::Command;

use anyhow::{Context as _, ensure};

/// Options of `cargo xtask probe`.
#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Probe {
    /// Options of the probe; `cargo xtask probe --help` lists them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    options: Vec<String>,
}

/// Runs the probe with these options.
pub(crate) fn run(probe: &Probe) -> anyhow::Result<()> {
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--quiet", "--package", "kie-probe", "--"]).args(&probe.options);
    ensure!(command.status().context("cargo cannot be run")?.success(), "the probe failed");
    Ok(())
}

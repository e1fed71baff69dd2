//! What calls cost: builds the package beside this one, which measures, and runs it.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, ensure};

/// What is to be measured.
#[derive(Debug, clap::Args)]
pub(crate) struct Bench {
    /// Only what is the same on every run: instructions, allocations, connections, memory, crates
    #[arg(long)]
    gate: bool,
    /// Only the price of the dependency: two clean builds, which take minutes
    #[arg(long, conflicts_with = "gate")]
    footprint: bool,
    /// Over how many rounds the medians are taken
    #[arg(long, default_value_t = 5)]
    rounds: usize,
}

/// Measures, prints the table, and fails if an exact number is out of reach.
pub(crate) fn run(bench: &Bench) -> anyhow::Result<()> {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    // A workspace of its own would have its own folder for what is built, inside the sources.
    let target =
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| xtask.with_file_name("target"), PathBuf::from).join("bench");
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--release", "--quiet"]).current_dir(xtask.join("bench")).env("CARGO_TARGET_DIR", &target);
    // The gate needs no one to compare with.
    if !bench.gate {
        build.args(["--features", "peers"]);
    }
    ensure!(build.status().context("cargo cannot be run")?.success(), "kie-bench cannot be built");

    let mut measure = Command::new(target.join("release/kie-bench"));
    match bench {
        Bench { gate: true, .. } => measure.arg("gate"),
        Bench { footprint: true, .. } => measure.arg("footprint"),
        Bench { rounds, .. } => measure.arg("all").arg(rounds.to_string()),
    };
    ensure!(measure.status().context("kie-bench cannot be run")?.success(), "the bench failed");
    Ok(())
}

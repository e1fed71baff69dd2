//! Builds and runs the separate package `xtask/bench`, which measures the costs of calls.

use std::{
    io::Read,
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context as _, ensure};

use crate::target::{self, xtask};

/// Options of `cargo xtask bench`.
#[derive(Debug, clap::Args)]
pub(crate) struct Bench {
    /// Measure only numbers that are the same on every run: instructions, allocations, connections, memory, crates
    #[arg(long)]
    gate: bool,
    /// Write the measured numbers into `xtask/bench/counts.toml`
    #[arg(long, requires = "gate")]
    update: bool,
    /// The reason for each number that rose and each crate that was added
    #[arg(long, requires = "update")]
    why: Option<String>,
    /// Measure only the price of the dependency. This makes two clean builds, which take minutes
    #[arg(long, conflicts_with = "gate")]
    footprint: bool,
    /// Measure only the ledgers in SQLite and PostgreSQL, with up to a million receipts. This takes minutes
    #[arg(long, conflicts_with_all = ["gate", "footprint"])]
    ledger: bool,
    /// Measure everything, and write tables of costs into the README files of the crates. With --ledger, measure only the
    /// ledgers, and write their table
    #[arg(long, conflicts_with_all = ["gate", "footprint"])]
    readme: bool,
    /// Number of rounds that the medians are taken over
    #[arg(long, default_value_t = 5)]
    rounds: usize,
}

/// Measures and prints the table. Fails if a number that is the same in each run is beyond its limit. With `--gate`,
/// also fails if such a number differs from `counts.toml`.
pub(crate) fn run(bench: &Bench) -> anyhow::Result<()> {
    let mut build = cargo("build");
    build.args(["--release", "--quiet"]);
    // The gate is built without all that it does not measure.
    if !bench.gate {
        build.args(["--features", if bench.ledger { "postgres" } else { "full" }]);
    }
    ensure!(build.status().context("cargo cannot be run")?.success(), "kie-bench cannot be built");

    let mut measure = Command::new(target().join("release/kie-bench"));
    match bench {
        Bench { update: true, why, .. } => measure.arg("update").args(why),
        Bench { gate: true, .. } => measure.arg("gate"),
        Bench { footprint: true, .. } => measure.arg("footprint"),
        Bench { ledger: true, readme: true, .. } => measure.arg("ledger-readme"),
        Bench { ledger: true, .. } => measure.arg("ledger"),
        Bench { readme: true, rounds, .. } => measure.arg("readme").arg(rounds.to_string()),
        Bench { rounds, .. } => measure.arg("all").arg(rounds.to_string()),
    };
    ensure!(measure.status().context("kie-bench cannot be run")?.success(), "the bench failed");
    Ok(())
}

/// Runs the tests of the package `xtask/bench`. Most of their code is compiled already by the build for the
/// measurement.
pub(crate) fn test() -> anyhow::Result<()> {
    eprintln!("\n== cargo test in xtask/bench");
    let mut test = cargo("test");
    test.args(["--release", "--quiet", "--lib"]);
    ensure!(test.status().context("cargo cannot be run")?.success(), "the tests of kie-bench failed");
    Ok(())
}

/// Runs the example `another_stack` of the package `xtask/bench`. The example calls the simulator in the program `kie`,
/// which an earlier step of `cargo xtask ci` has built.
pub(crate) fn example() -> anyhow::Result<()> {
    eprintln!("\n== cargo run --example another_stack in xtask/bench");
    let mut build = cargo("build");
    build.args(["--quiet", "--features", "full", "--example", "another_stack"]);
    // The example measures nothing, so a debug build is enough. A debug build takes half the time of a release build.
    build.envs([("CARGO_PROFILE_DEV_DEBUG", "0"), ("CARGO_INCREMENTAL", "0")]);
    ensure!(build.status().context("cargo cannot be run")?.success(), "another_stack cannot be built");

    let mut kie = Command::new(target::target().join("debug/kie"));
    kie.args(["--format", "json", "sandbox", "--port", "0"]).stdout(Stdio::piped());
    let mut simulator = kie.spawn().context("kie cannot be run")?;
    let ended = match simulator.stdout.take() {
        Some(told) => against(told),
        None => Err(anyhow::anyhow!("the output of kie sandbox cannot be read")),
    };
    simulator.kill()?;
    simulator.wait()?;
    ensure!(ended?, "another_stack failed");
    Ok(())
}

/// Runs the example. `told` is the output of the simulator. It begins with a JSON document that contains the
/// simulator's address. Returns `true` if the example succeeds.
fn against(told: impl Read) -> anyhow::Result<bool> {
    let mut documents = serde_json::Deserializer::from_reader(told).into_iter::<serde_json::Value>();
    let document = documents.next().context("kie sandbox ended without printing its address")??;
    let address = document["baseUrl"].as_str().context("the output of kie sandbox has no baseUrl")?;
    let mut example = Command::new(target().join("debug/examples/another_stack"));
    Ok(example.arg(address).status().context("another_stack cannot be run")?.success())
}

/// Returns a cargo command that runs in the package `xtask/bench`.
fn cargo(verb: &str) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.arg(verb).current_dir(xtask().join("bench")).env("CARGO_TARGET_DIR", target());
    cargo
}

/// Folder for the build of the package `xtask/bench`. Without this setting cargo would put the build beside the
/// sources.
fn target() -> PathBuf {
    target::target().join("bench")
}

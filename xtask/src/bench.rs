//! What calls cost: builds the package beside this one, which measures, and runs it.

use std::{
    io::Read,
    path::PathBuf,
    process::{Command, Stdio},
};

use anyhow::{Context as _, ensure};

use crate::target::{self, xtask};

/// What is to be measured.
#[derive(Debug, clap::Args)]
pub(crate) struct Bench {
    /// Only what is the same on every run: instructions, allocations, connections, memory, crates
    #[arg(long)]
    gate: bool,
    /// Write what the gate counts into `xtask/bench/counts.toml`
    #[arg(long, requires = "gate")]
    update: bool,
    /// The reason of what is more than it was
    #[arg(long, requires = "update")]
    why: Option<String>,
    /// Only the price of the dependency: two clean builds, which take minutes
    #[arg(long, conflicts_with = "gate")]
    footprint: bool,
    /// Over how many rounds the medians are taken
    #[arg(long, default_value_t = 5)]
    rounds: usize,
}

/// Measures, prints the table, and fails if an exact number is out of reach or is not as it is written.
pub(crate) fn run(bench: &Bench) -> anyhow::Result<()> {
    let mut build = cargo("build");
    build.args(["--release", "--quiet"]);
    // The gate needs no one to compare with.
    if !bench.gate {
        build.args(["--features", "peers"]);
    }
    ensure!(build.status().context("cargo cannot be run")?.success(), "kie-bench cannot be built");

    let mut measure = Command::new(target().join("release/kie-bench"));
    match bench {
        Bench { update: true, why, .. } => measure.arg("update").args(why),
        Bench { gate: true, .. } => measure.arg("gate"),
        Bench { footprint: true, .. } => measure.arg("footprint"),
        Bench { rounds, .. } => measure.arg("all").arg(rounds.to_string()),
    };
    ensure!(measure.status().context("kie-bench cannot be run")?.success(), "the bench failed");
    Ok(())
}

/// Runs the tests of the package beside this one, from what has been built to measure.
pub(crate) fn test() -> anyhow::Result<()> {
    eprintln!("\n== cargo test in xtask/bench");
    let mut test = cargo("test");
    test.args(["--release", "--quiet", "--lib"]);
    ensure!(test.status().context("cargo cannot be run")?.success(), "the tests of kie-bench failed");
    Ok(())
}

/// Runs the example of another HTTP stack, which only the package beside this one has, against the simulator of the command
/// line, which the tests have built.
pub(crate) fn example() -> anyhow::Result<()> {
    eprintln!("\n== cargo run --example another_stack in xtask/bench");
    let mut build = cargo("build");
    build.args(["--quiet", "--features", "peers", "--example", "another_stack"]);
    // It measures nothing, and half of the time of a release build is enough for it.
    build.envs([("CARGO_PROFILE_DEV_DEBUG", "0"), ("CARGO_INCREMENTAL", "0")]);
    ensure!(build.status().context("cargo cannot be run")?.success(), "another_stack cannot be built");

    let mut kie = Command::new(target::target().join("debug/kie"));
    kie.args(["--format", "json", "sandbox", "--port", "0"]).stdout(Stdio::piped());
    let mut simulator = kie.spawn().context("kie cannot be run")?;
    let ended = match simulator.stdout.take() {
        Some(told) => against(told),
        None => Err(anyhow::anyhow!("kie tells no address")),
    };
    simulator.kill()?;
    simulator.wait()?;
    ensure!(ended?, "another_stack failed");
    Ok(())
}

/// Whether the example succeeds against the simulator that has told this.
fn against(told: impl Read) -> anyhow::Result<bool> {
    let mut documents = serde_json::Deserializer::from_reader(told).into_iter::<serde_json::Value>();
    let document = documents.next().context("kie sandbox ended")??;
    let address = document["baseUrl"].as_str().context("kie sandbox tells no address")?;
    let mut example = Command::new(target().join("debug/examples/another_stack"));
    Ok(example.arg(address).status().context("another_stack cannot be run")?.success())
}

/// Runs cargo in the package beside this one.
fn cargo(verb: &str) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.arg(verb).current_dir(xtask().join("bench")).env("CARGO_TARGET_DIR", target());
    cargo
}

/// A workspace of its own would have its own folder for what is built, inside the sources.
fn target() -> PathBuf {
    target::target().join("bench")
}

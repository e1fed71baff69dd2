//! The checks of `cargo xtask ci`, in order. Cheap checks that often fail come first.

use std::{process::Command, time::Instant};

use anyhow::{Context as _, bail};

use crate::{bench, examples};

const STEPS: &[&str] = &[
    "fmt --all --check",
    "clippy --workspace --all-targets --all-features -- -D warnings",
    // The test command of README, doctests included.
    "test --workspace",
    "test -p kie-types --all-features",
    // The tests have built nearly all of the examples already.
    "build --workspace --examples",
    // The example of a custom ledger runs the conformance suite without a client and without SQLite.
    "run -q -p kie-ledger --no-default-features --features conformance --example own_ledger",
    "xtask generate --check",
    "xtask layers",
    "xtask msrv",
    // A feature that one crate turns on can hide that another crate lacks it, so each crate is built alone.
    "check -p kie-types",
    "check -p kie-types --features verify",
    "check -p kie-types --features schemars",
    "check -p kie-types --features jiff",
    "check -p kie-types --features chrono",
    "check -p kie-transport",
    "check -p kie-transport --features webpki-roots",
    "check -p kie-transport --features http2",
    "check -p kie-transport --features system-proxy",
    "check -p kie-transport --no-default-features",
    "check -p kie-suno",
    "check -p kie-suno --features callbacks",
    "check -p kie-sandbox",
    "check -p kie-ledger",
    "check -p kie-ledger --no-default-features",
    "check -p kie-ledger --no-default-features --features conformance",
    "check -p kie-cli",
];

pub(crate) fn run() -> anyhow::Result<()> {
    for step in STEPS {
        cargo(step, &[])?;
    }
    examples::run()?;
    // Without valgrind this command leaves instructions out, and says so.
    cargo("xtask bench --gate", &[])?;
    bench::test()?;
    bench::example()?;
    // The pages are also built without optional features: a link to an item behind a feature would be broken there.
    for pages in ["doc --no-deps -p kie-types -p kie-transport -p kie-suno", "doc --workspace --no-deps --all-features"]
    {
        cargo(pages, &[("RUSTDOCFLAGS", "-D warnings")])?;
    }
    Ok(())
}

pub(crate) fn cargo(arguments: &str, environment: &[(&str, &str)]) -> anyhow::Result<()> {
    eprintln!("\n== cargo {arguments}");
    let begin = Instant::now();
    let mut command = Command::new(env!("CARGO"));
    // The gate builds only once, so incremental data would only cost disk space and time.
    command.args(arguments.split(' ')).env("CARGO_INCREMENTAL", "0");
    let status = command.envs(environment.iter().copied()).status();
    let status = status.context("cargo cannot be run")?;
    if !status.success() {
        bail!("cargo {arguments} failed");
    }
    eprintln!("== {:.0?}", begin.elapsed());
    Ok(())
}

//! The gate, in order: what is cheap and fails often comes first.

use std::{process::Command, time::Instant};

use anyhow::{Context as _, bail};

use crate::{bench, examples};

const STEPS: &[&str] = &[
    "fmt --all --check",
    "clippy --workspace --all-targets --all-features -- -D warnings",
    // README's test command, doctests included.
    "test --workspace",
    "test -p kie-types --all-features",
    // The tests have built nearly all of it.
    "build --workspace --examples",
    // A ledger of one's own, without a client and without SQLite, against the conformance suite.
    "run -q -p kie-ledger --no-default-features --features conformance --example own_ledger",
    "xtask generate --check",
    "xtask layers",
    "xtask msrv",
    // Features of one crate can hide that another lacks them, so each is built alone.
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
    // It says itself which counts it leaves out where valgrind is missing.
    cargo("xtask bench --gate", &[])?;
    bench::test()?;
    bench::example()?;
    // A link to what only a feature brings breaks for whoever builds the pages without it.
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
    // A gate builds once: what an incremental build would keep is only disk and time to it.
    command.args(arguments.split(' ')).env("CARGO_INCREMENTAL", "0");
    let status = command.envs(environment.iter().copied()).status();
    let status = status.context("cargo cannot be run")?;
    if !status.success() {
        bail!("cargo {arguments} failed");
    }
    eprintln!("== {:.0?}", begin.elapsed());
    Ok(())
}

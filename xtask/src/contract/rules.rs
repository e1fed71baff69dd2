//! Runs the tests that compare the documents with the documented bodies and with the rules of the crate.

use std::process::Command;

use anyhow::{Context as _, ensure};

use super::results::Results;

/// Tests of kie-tests. With `--workspace`, the crates have the same features as in `cargo test --workspace`, so nothing is
/// compiled again.
const TESTS: &str = "test --workspace --test all generated:: -- --nocapture";

pub(crate) fn run(results: &mut Results) -> anyhow::Result<()> {
    eprintln!("\n== cargo {TESTS}");
    let output = Command::new(env!("CARGO")).args(TESTS.split(' ')).env("CARGO_INCREMENTAL", "0").output();
    let output = output.context("cargo cannot be run")?;
    let printed = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "cargo {TESTS} failed:\n{printed}{}", String::from_utf8_lossy(&output.stderr));
    for (check, end) in [("documented bodies", "described"), ("limits", "limits"), ("mistakes", "one mistake")] {
        let line = printed.lines().rfind(|line| line.ends_with(end));
        results.add(check, line.with_context(|| format!("no test has printed a line that ends with {end:?}"))?);
    }
    Ok(())
}

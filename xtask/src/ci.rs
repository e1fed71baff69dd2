//! The checks of `cargo xtask ci`, in their order. Checks that take little time and often fail come first.

use crate::{bench, cargo::cargo, docs, examples, release::packages};

const STEPS: &[&str] = &[
    "fmt --all --check",
    "clippy --workspace --all-targets --all-features -- -D warnings",
    // README shows this command. It also runs the doctests.
    "test --workspace",
    // Compiles only kie-cli again.
    "test --workspace --features kie-cli/mcp,kie-cli/postgres --bin kie --test it -- mcp:: postgres::",
    // Nearly all examples are compiled already by the test step.
    "build --workspace --examples",
    // This example has a ledger of its own. It runs the conformance tests of ledgers without the client and without
    // SQLite.
    "run -q -p kie-ledger --no-default-features --features conformance --example own_ledger",
    "xtask generate --check",
    "xtask layers",
    "xtask msrv",
    "xtask supply",
    // Each crate is built alone. In a build of all crates, a feature that one crate needs may be turned on only by
    // another crate.
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
    "check -p kie-sandbox --features cassette",
    "check -p kie-ledger",
    "check -p kie-ledger --no-default-features",
    "check -p kie-ledger --no-default-features --features conformance",
    "check -p kie-ledger --no-default-features --features copy",
    "check -p kie-ledger-postgres",
    "check -p kie-ledger-postgres --no-default-features",
    "check -p kie-cli",
    "check -p kie-cli --no-default-features",
];

pub(crate) fn run() -> anyhow::Result<()> {
    for step in STEPS {
        cargo(step, &[])?;
    }
    examples::run()?;
    // It also builds the binary that later checks use.
    cargo("xtask readme", &[])?;
    // If valgrind is missing, this command prints a remark instead of counting instructions.
    cargo("xtask bench --gate", &[])?;
    bench::test()?;
    bench::example()?;
    packages::run()?;
    // The documentation is built with and without optional features. The build without them finds links to items that
    // exist only with a feature.
    cargo("doc --no-deps -p kie-types -p kie-transport -p kie-suno -p xtask", &[("RUSTDOCFLAGS", "-D warnings")])?;
    docs::run()?;
    Ok(())
}

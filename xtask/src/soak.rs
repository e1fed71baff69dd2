//! Runs the soak tests, which are tests with long-lasting faults. Sets `KIE_SOAK`, so that they run in full size.

use crate::cargo::cargo;

pub(crate) fn run() -> anyhow::Result<()> {
    // Only one test runs at a time. So each test can use the whole machine, and its printed numbers are not mixed with
    // the numbers of other tests.
    cargo("test --release -p kie-tests soak:: -- --nocapture --test-threads=1", &[("KIE_SOAK", "1")])?;
    // The processes of these tests are an example.
    cargo("build --release -p kie-ledger-postgres --example fleet", &[])?;
    let fleet = "test --release -p kie-ledger-postgres --test all -- fleet:: waking:: --nocapture --test-threads=1";
    cargo(fleet, &[("KIE_SOAK", "1")])
}

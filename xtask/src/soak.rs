//! Runs the tests with long-lasting faults in full size.

use crate::ci::cargo;

pub(crate) fn run() -> anyhow::Result<()> {
    // One test at a time: each has the whole machine, and the numbers it prints stay together.
    cargo("test --profile soak -p kie-tests soak:: -- --nocapture --test-threads=1", &[("KIE_SOAK", "1")])
}

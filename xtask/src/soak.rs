//! The tests of faults that last, in their full size.

use crate::ci::cargo;

pub(crate) fn run() -> anyhow::Result<()> {
    // One after the other, so that each has the machine for itself and its numbers stand together.
    cargo("test --profile soak -p kie-tests soak:: -- --nocapture --test-threads=1", &[("KIE_SOAK", "1")])
}

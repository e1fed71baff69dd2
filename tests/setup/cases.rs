//! How many generated inputs a property is tried with, and which.

use proptest::{prelude::*, test_runner::RngSeed};

/// Seeds are fixed, so a run can be repeated; a failing case is printed in its smallest form.
pub(crate) fn config() -> ProptestConfig {
    ProptestConfig { cases: 192, rng_seed: RngSeed::Fixed(20_260_819), failure_persistence: None, ..Default::default() }
}

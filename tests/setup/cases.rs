//! The number of generated inputs for each property, and their seed.

use proptest::{prelude::*, test_runner::RngSeed};

/// The seed is fixed, so a run can be repeated. A failing case is printed in its smallest form.
pub(crate) fn config() -> ProptestConfig {
    ProptestConfig { cases: 192, rng_seed: RngSeed::Fixed(20_260_819), failure_persistence: None, ..Default::default() }
}

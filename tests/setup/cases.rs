//! Settings of the property tests: the number of generated inputs, and the seed of the generator.

use proptest::{prelude::*, test_runner::RngSeed};

/// Returns the settings of all properties. The seed is fixed, so every run has the same inputs. A failing input is
/// printed in its smallest form.
pub(crate) fn config() -> ProptestConfig {
    ProptestConfig { cases: 192, rng_seed: RngSeed::Fixed(20_260_819), failure_persistence: None, ..Default::default() }
}

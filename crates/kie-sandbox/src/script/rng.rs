//! Repeatable random numbers.

use std::hash::{BuildHasher, RandomState};

/// A random number generator that returns the same numbers for the same seed. Use it in tests with random faults. If
/// the test prints the seed, a failure can be repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeededRng(u64);

impl SeededRng {
    /// Creates a generator with this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Returns a number from 0 up to, but not including, `end`. Returns 0 if `end` is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.bits().checked_rem(end).unwrap_or(0)
    }

    /// Returns `true` with a probability of 1 in `times`. Always returns `true` if `times` is 0.
    pub fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// Returns 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        // The algorithm is SplitMix64. It works equally well with every seed.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }
}

/// Returns a random seed of 53 bits, which every reader of JSON reads exactly. The standard library seeds its hashers at
/// random, which is enough to make different seeds.
pub(crate) fn random_seed() -> u64 {
    RandomState::new().hash_one(()) >> 11
}

#[cfg(test)]
mod tests {
    use super::SeededRng;

    #[test]
    fn a_seed_repeats_its_own_numbers() {
        let numbers = |seed| {
            let mut rng = SeededRng::new(seed);
            (0..1_000).map(|_| rng.below(10)).collect::<Vec<_>>()
        };
        assert_eq!(numbers(7), numbers(7));
        assert_ne!(numbers(7), numbers(8));
        for number in 0..10 {
            let times = numbers(7).iter().filter(|drawn| **drawn == number).count();
            assert!((70..130).contains(&times), "{number} came {times} times");
        }
        assert_eq!(SeededRng::new(7).below(0), 0);
        assert!(SeededRng::new(7).one_in(1));
    }
}

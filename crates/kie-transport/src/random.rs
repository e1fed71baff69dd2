//! Random numbers for the jitter of retries and for unique names. The numbers are not secret.

use std::hash::{BuildHasher, RandomState};

/// Returns a random number, which is not secret.
pub(crate) fn random() -> u64 {
    // Each new `RandomState` has other keys, which the standard library derives from random numbers. So the hash of a
    // constant is a random number.
    RandomState::new().hash_one(0_u8)
}

/// Returns a uniform random number from 0 up to, but not including, 1.
pub(crate) fn jitter() -> f64 {
    (random() >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_is_from_0_to_1() {
        assert!((0..100).map(|_| jitter()).all(|jitter| (0.0..1.0).contains(&jitter)));
    }
}

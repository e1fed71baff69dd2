//! Random numbers, good enough to spread retries and to tell things apart.

use std::hash::{BuildHasher, RandomState};

/// A random number, and no secret.
pub(crate) fn random() -> u64 {
    // The standard library seeds each of these at random.
    RandomState::new().hash_one(0_u8)
}

/// A uniform random number from 0 up to, but not including, 1.
pub(crate) fn jitter() -> f64 {
    (random() >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chances_are_below_1() {
        assert!((0..100).map(|_| jitter()).all(|jitter| (0.0..1.0).contains(&jitter)));
    }
}

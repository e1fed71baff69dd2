//! Callbacks that were accepted before.

use std::{
    collections::{HashSet, VecDeque},
    hash::{BuildHasher as _, RandomState},
};

/// Number of callbacks that are remembered.
const REMEMBERED: usize = 10_000;

/// Remembers the latest callbacks by their bodies.
#[derive(Debug, Default)]
pub(super) struct Redeliveries {
    key: RandomState,
    known: HashSet<u64>,
    order: VecDeque<u64>,
}

impl Redeliveries {
    /// Remembers a callback. Returns `true` if it was remembered already.
    pub(super) fn knows(&mut self, body: &[u8]) -> bool {
        let hash = self.key.hash_one(body);
        if !self.known.insert(hash) {
            return true;
        }
        self.order.push_back(hash);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_callbacks_are_remembered() {
        let mut redeliveries = Redeliveries::default();
        let bodies: Vec<String> = (0..=REMEMBERED).map(|number| number.to_string()).collect();
        assert!(bodies.iter().all(|body| !redeliveries.knows(body.as_bytes())));
        assert!(redeliveries.knows(b"1"));
        assert!(!redeliveries.knows(b"0"), "the oldest one is forgotten");
        assert_eq!(redeliveries.known.len(), REMEMBERED);
    }
}

//! A memory that forgets the oldest.

use std::{
    borrow::Borrow,
    collections::{HashSet, VecDeque},
    hash::Hash,
};

/// How much is remembered. The service sends again within minutes, and starts 20 tasks in 10 seconds at most.
const MOST: usize = 10_000;

/// The last so many things that were inserted. Each is kept twice, so clones should be cheap.
#[derive(Debug)]
pub(crate) struct Recent<T> {
    known: HashSet<T>,
    order: VecDeque<T>,
}

impl<T> Default for Recent<T> {
    fn default() -> Self {
        Self { known: HashSet::new(), order: VecDeque::new() }
    }
}

impl<T: Hash + Eq + Clone> Recent<T> {
    pub(crate) fn contains<Q>(&self, thing: &Q) -> bool
    where
        T: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.known.contains(thing)
    }

    /// Remembers a thing; `false` if it was known already.
    pub(crate) fn insert(&mut self, thing: T) -> bool {
        let is_new = self.known.insert(thing.clone());
        if is_new {
            self.order.push_back(thing);
            if self.order.len() > MOST {
                self.order.pop_front().map(|oldest| self.known.remove(&oldest));
            }
        }
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, Recent};

    #[test]
    fn only_the_oldest_is_forgotten() {
        let mut recent = Recent::default();
        assert!((0..MOST).all(|number| recent.insert(number)));
        assert!(!recent.insert(0));
        assert!(recent.insert(MOST));
        assert!(!recent.contains(&0) && (1..=MOST).all(|number| recent.contains(&number)));
        assert_eq!((recent.known.len(), recent.order.len()), (MOST, MOST));
    }
}

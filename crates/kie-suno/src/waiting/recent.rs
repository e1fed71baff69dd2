//! A bounded set that drops its oldest entries.

use std::{
    borrow::Borrow,
    collections::{HashSet, VecDeque},
    hash::Hash,
};

/// Maximum number of entries, such as callbacks that were received. By default, the service starts at most 20 tasks of
/// an account in 10 seconds, and a task has at most four callbacks, so 10,000 entries last for more than 20 minutes.
/// The service redelivers a callback within minutes, so a redelivered callback is still in the set.
const MOST: usize = 10_000;

/// A set of the last [`MOST`] inserted entries. It stores each entry twice, so clones of an entry should be cheap.
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
    pub(crate) fn contains<Q>(&self, entry: &Q) -> bool
    where
        T: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.known.contains(entry)
    }

    /// Inserts an entry. Returns `false` if the set contains it already.
    pub(crate) fn insert(&mut self, entry: T) -> bool {
        let is_new = self.known.insert(entry.clone());
        if is_new {
            self.order.push_back(entry);
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

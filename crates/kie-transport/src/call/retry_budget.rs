//! How many repeats a client has to spare.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// How many repeats a client has to spare. While a service is down, its callers together must not hammer it.
#[derive(Debug)]
pub(crate) struct RetryBudget(AtomicU32);

impl RetryBudget {
    /// So many repeats are there at first, and never more.
    const FULL: u32 = 100;

    /// Takes one repeat, if there is one left.
    pub(crate) fn take(&self) -> bool {
        self.0.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)).is_ok()
    }

    /// Gives one repeat back, for a call that needed none or no more.
    pub(crate) fn give_back(&self) {
        // Full is full: there is nothing to give back to.
        let _ = self.0.fetch_update(Relaxed, Relaxed, |left| (left < Self::FULL).then_some(left + 1));
    }
}

impl Default for RetryBudget {
    fn default() -> Self {
        Self(AtomicU32::new(Self::FULL))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_ends_and_recovers() {
        let budget = RetryBudget::default();
        assert_eq!((0..200).filter(|_| budget.take()).count(), 100);
        budget.give_back();
        assert!(budget.take() && !budget.take());
    }
}

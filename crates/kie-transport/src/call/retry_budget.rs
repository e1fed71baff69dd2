//! Number of retries that a transport has left.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// Number of retries that all calls of a transport and its clones share. The budget prevents them from sending too many
/// retries to a service that is down.
#[derive(Debug)]
pub(crate) struct RetryBudget(AtomicU32);

impl RetryBudget {
    /// Number of retries at the start. It is also the maximum number.
    const FULL: u32 = 100;

    /// Takes one retry from the budget. Returns `false` if no retry is left.
    pub(crate) fn take(&self) -> bool {
        self.0.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)).is_ok()
    }

    /// Adds one retry to the budget, unless the budget is full. Called when a call ends because its last outcome allows
    /// no retry, or because the call has used all its attempts.
    pub(crate) fn give_back(&self) {
        // If the budget is full, the closure returns `None`, and the number of retries does not change.
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
        budget.give_back();
        assert_eq!((0..200).filter(|_| budget.take()).count(), 100);
        budget.give_back();
        assert!(budget.take() && !budget.take());
    }
}

//! Events about the bytes of a transfer.

use std::sync::{Mutex, PoisonError};

use serde_json::json;

use crate::output::terminal::event;

/// Number of events for a transfer of known size.
const STEPS: u64 = 10;

/// Number of bytes of the first event for a transfer of unknown size. Each further event is at twice as many.
const FIRST: u64 = 64 * 1024;

/// Prints events about one transfer, so few that a long transfer does not fill a log.
pub(super) struct Transfer {
    /// Description of the transfer, such as `saving`.
    doing: String,
    next: Mutex<Next>,
}

/// The next event.
#[derive(Clone, Copy, Default)]
struct Next {
    /// Number of bytes at which it is printed.
    at: u64,
    /// `true` if the total size was known at the event before. An event is printed when it becomes known.
    has_total: bool,
}

impl Transfer {
    pub(super) fn new(doing: String) -> Self {
        Self { doing, next: Mutex::default() }
    }

    /// Notes that this number of bytes of `total` bytes is transferred.
    pub(super) fn reached(&self, bytes: u64, total: Option<u64>) {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(after) = next.after(bytes, total) {
            *next = after;
            drop(next);
            event("transfer", &json!({ "doing": self.doing, "bytes": bytes, "total": total }));
        }
    }
}

impl Next {
    /// Returns the event after this one, if this one is to be printed at this number of bytes.
    fn after(self, bytes: u64, total: Option<u64>) -> Option<Self> {
        if bytes < self.at && self.has_total == total.is_some() {
            return None;
        }
        let at = match total {
            Some(total) if bytes >= total => u64::MAX,
            Some(total) => (bytes + total.div_ceil(STEPS)).min(total),
            None => bytes.saturating_mul(2).max(FIRST),
        };
        Some(Self { at, has_total: total.is_some() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the events of a transfer of 10 MB, whose total size is known from this number of bytes on.
    fn events(known_from: u64) -> Vec<(u64, bool)> {
        let (mut next, mut events) = (Next::default(), Vec::new());
        for bytes in (0..=10_000_000).step_by(1_000) {
            if let Some(after) = next.after(bytes, (bytes >= known_from).then_some(10_000_000)) {
                next = after;
                events.push((bytes, next.has_total));
            }
        }
        events
    }

    #[test]
    fn a_transfer_has_few_events_and_one_at_its_end() {
        let known = events(0);
        assert_eq!((known.len(), known.last()), (11, Some(&(10_000_000, true))));
        let unknown = events(u64::MAX);
        assert!((5..=12).contains(&unknown.len()), "{unknown:?}");
        assert_eq!(events(5_000)[..2], [(0, false), (5_000, true)]);
        assert_eq!(events(5_000).last(), Some(&(10_000_000, true)));
    }
}

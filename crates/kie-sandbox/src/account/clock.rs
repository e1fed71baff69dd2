//! Time of the account. It is based on tokio's clock, so that tests can pause it.

use std::time::{Duration, SystemTime};

use kie_types::Timestamp;
use tokio::time::Instant;

/// The start time of the account, advanced by tokio's clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    opened: Instant,
    wall: SystemTime,
}

impl Clock {
    /// Creates a clock that shows the time `wall` now.
    pub(crate) fn start(wall: SystemTime) -> Self {
        Self { opened: Instant::now(), wall }
    }

    /// Returns the time since the account was opened.
    pub(crate) fn age(&self, at: Instant) -> Duration {
        at.duration_since(self.opened)
    }

    fn since_epoch(&self, at: Instant) -> Duration {
        let opened = self.wall.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        opened + self.age(at)
    }

    /// Returns the seconds since 1970.
    pub(crate) fn seconds(&self, at: Instant) -> u64 {
        self.since_epoch(at).as_secs()
    }

    /// Returns the milliseconds since 1970, the form of captured times.
    pub(crate) fn millis(&self, at: Instant) -> u64 {
        u64::try_from(self.since_epoch(at).as_millis()).unwrap_or(u64::MAX)
    }

    /// Returns a time such as `2026-02-03T14:20:10.508Z`, the form of the upload host.
    pub(crate) fn iso(&self, at: Instant) -> String {
        let millis = i64::try_from(self.millis(at)).unwrap_or(i64::MAX);
        Timestamp::from_millis(millis).to_utc().unwrap_or_default()
    }

    /// Returns a time such as `2026-02-03 14:20:10`, the form in the documentation. The documentation names no time
    /// zone; the sandbox uses UTC.
    pub(crate) fn text(&self, at: Instant) -> String {
        let iso = self.iso(at);
        iso.split('.').next().unwrap_or_default().replace('T', " ")
    }
}

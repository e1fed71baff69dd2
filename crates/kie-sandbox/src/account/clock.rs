//! The time of the account: tokio's, so that tests can pause it.

use std::time::{Duration, SystemTime};

use kie_types::Timestamp;
use tokio::time::Instant;

/// The wall clock when the account was opened, moved on by tokio's clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    opened: Instant,
    wall: SystemTime,
}

impl Clock {
    /// A clock that shows this time now.
    pub(crate) fn start(wall: SystemTime) -> Self {
        Self { opened: Instant::now(), wall }
    }

    /// How long the account has been open.
    pub(crate) fn age(&self, at: Instant) -> Duration {
        at.duration_since(self.opened)
    }

    fn since_epoch(&self, at: Instant) -> Duration {
        let opened = self.wall.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        opened + self.age(at)
    }

    /// Seconds since 1970.
    pub(crate) fn seconds(&self, at: Instant) -> u64 {
        self.since_epoch(at).as_secs()
    }

    /// Milliseconds since 1970, the form of captured times.
    pub(crate) fn millis(&self, at: Instant) -> u64 {
        u64::try_from(self.since_epoch(at).as_millis()).unwrap_or(u64::MAX)
    }

    /// `2026-02-03T14:20:10.508Z`, the form of times on the upload host.
    pub(crate) fn iso(&self, at: Instant) -> String {
        let millis = i64::try_from(self.millis(at)).unwrap_or(i64::MAX);
        Timestamp::from_millis(millis).to_utc().unwrap_or_default()
    }

    /// `2026-02-03 14:20:10`, the form of documented times. The documentation states no zone; this is UTC.
    pub(crate) fn text(&self, at: Instant) -> String {
        let iso = self.iso(at);
        iso.split('.').next().unwrap_or_default().replace('T', " ")
    }
}

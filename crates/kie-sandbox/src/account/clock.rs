//! Clock of the account. It is based on tokio's clock, so a test that pauses tokio's clock also pauses the account's
//! clock.

use std::time::{Duration, SystemTime};

use kie_types::Timestamp;
use tokio::time::Instant;

/// Clock of the account: its start time plus the time that has passed since then on tokio's clock.
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

    /// Returns the time from the creation of the account to `at`.
    pub(crate) fn age(&self, at: Instant) -> Duration {
        at.duration_since(self.opened)
    }

    fn since_epoch(&self, at: Instant) -> Duration {
        let opened = self.wall.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        opened + self.age(at)
    }

    /// Returns the time `at` in seconds since 1970.
    pub(crate) fn seconds(&self, at: Instant) -> u64 {
        self.since_epoch(at).as_secs()
    }

    /// Returns the time `at` in milliseconds since 1970, the format of times in recorded responses of the service.
    pub(crate) fn millis(&self, at: Instant) -> u64 {
        u64::try_from(self.since_epoch(at).as_millis()).unwrap_or(u64::MAX)
    }

    /// Returns the time `at`.
    pub(crate) fn timestamp(&self, at: Instant) -> Timestamp {
        Timestamp::from_millis(i64::try_from(self.millis(at)).unwrap_or(i64::MAX))
    }

    /// Returns the time `at` in the format that the upload host uses, such as `2026-02-03T14:20:10.508Z`.
    pub(crate) fn iso(&self, at: Instant) -> String {
        self.timestamp(at).to_utc().unwrap_or_default()
    }

    /// Returns the time `at` in the format that the service's documentation uses, such as `2026-02-03 14:20:10`. The
    /// documentation names no time zone. The sandbox uses UTC.
    pub(crate) fn text(&self, at: Instant) -> String {
        let iso = self.iso(at);
        iso.split('.').next().unwrap_or_default().replace('T', " ")
    }
}

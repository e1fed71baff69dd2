//! The time of the account: tokio's, so that tests can pause it.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// The wall clock when the account was opened, moved on by tokio's clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    opened: Instant,
    wall: SystemTime,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self { opened: Instant::now(), wall: SystemTime::now() }
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
        format!("{}.{:03}Z", self.text(at).replace(' ', "T"), self.millis(at) % 1_000)
    }

    /// `2026-02-03 14:20:10`, the form of documented times. The documentation states no zone; this is UTC.
    pub(crate) fn text(&self, at: Instant) -> String {
        text_of(self.seconds(at))
    }
}

fn text_of(seconds: u64) -> String {
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    // The calendar repeats every 400 years; a year that begins in March ends with the leap day.
    let (era, day) = ((days + 719_468) / 146_097, (days + 719_468) % 146_097);
    let year_of_era = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute) = (second / 3_600, second / 60 % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{:02}", second % 60)
}

#[cfg(test)]
mod tests {
    #[test]
    fn writes_documented_times() {
        assert_eq!(super::text_of(0), "1970-01-01 00:00:00");
        assert_eq!(super::text_of(951_782_400), "2000-02-29 00:00:00");
        assert_eq!(super::text_of(1_770_128_410), "2026-02-03 14:20:10");
        assert_eq!(super::text_of(1_798_761_599), "2026-12-31 23:59:59");
    }
}

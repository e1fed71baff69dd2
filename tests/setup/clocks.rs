//! The time of day, and waits that look at nothing for an hour.

use std::time::{Duration, SystemTime};

use kie_suno::Polling;

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

/// Nobody looks for an hour, so whoever ends before was woken.
pub(crate) fn asleep() -> Polling {
    let hour = Duration::from_secs(3_600);
    Polling::default().first_poll(hour).longest_pause(hour).timeout(hour * 2)
}

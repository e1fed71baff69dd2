//! Helpers about time: the current time, and polling settings with intervals of an hour.

use std::time::{Duration, SystemTime};

use kie_suno::Polling;

/// Returns the current time in seconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

/// Returns polling settings with intervals of an hour. If a test starts a task with these settings and the wait for the
/// task ends earlier, a callback has ended the wait.
pub(crate) fn asleep() -> Polling {
    let hour = Duration::from_secs(3_600);
    Polling::default().first_poll(hour).max_pause(hour).timeout(hour * 2)
}

//! The current time, and a wait that does not poll for an hour.

use std::time::{Duration, SystemTime};

use kie_suno::Polling;

/// Returns the seconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

/// Returns intervals with the first poll after an hour. A wait that ends before was woken by a callback.
pub(crate) fn asleep() -> Polling {
    let hour = Duration::from_secs(3_600);
    Polling::default().first_poll(hour).max_pause(hour).timeout(hour * 2)
}

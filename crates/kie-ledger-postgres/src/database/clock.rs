//! The clock of the database, as this process knows it.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

/// Difference between the clocks that is logged.
const LARGE: Duration = Duration::from_secs(10);

/// The clock of the database. It is read when a connection is opened, and continues with the monotonic clock of this
/// machine. So the times on receipts are those of one clock, although the clocks of the machines differ.
#[derive(Debug, Default)]
pub(crate) struct Clock(Mutex<Option<(Instant, SystemTime)>>);

impl Clock {
    /// Sets the clock to the time that the database has just told.
    pub(super) fn set(&self, time: SystemTime) {
        let local = SystemTime::now();
        let difference = local.duration_since(time).or_else(|_| time.duration_since(local)).unwrap_or_default();
        if difference > LARGE {
            let seconds = difference.as_secs();
            tracing::warn!(seconds, "the clock of this machine differs from the clock of the database");
        }
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), time));
    }

    /// Returns the current time of the database.
    pub(crate) fn now(&self) -> SystemTime {
        let known = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.map_or_else(SystemTime::now, |(since, time)| time + since.elapsed())
    }
}

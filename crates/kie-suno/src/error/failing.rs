//! Polls of a task that fail one after another.

use std::{error::Error as StdError, fmt, time::SystemTime};

use super::error::Error;

/// Polls of a task that fail one after another. The client continues to wait for the task for a limited time, although
/// these polls fail: see [`Events::failing`](crate::Events::failing),
/// [`TimedOut::failing`](crate::errors::TimedOut::failing) and
/// [`Polling::max_error_time`](crate::Polling#structfield.max_error_time).
#[derive(Debug)]
pub struct Failing {
    error: Error,
    since: SystemTime,
}

impl Failing {
    /// Creates a value for polls that have failed since `since`, the last one with `error`.
    pub fn new(error: impl Into<Error>, since: SystemTime) -> Self {
        Self { error: error.into(), since }
    }

    /// Returns the error of the last poll.
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// Returns the time of the first failed poll, by the system clock.
    pub fn since(&self) -> SystemTime {
        self.since
    }
}

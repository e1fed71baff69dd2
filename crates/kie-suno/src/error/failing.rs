//! Polls of a task that fail one after another.

use std::{error::Error as StdError, fmt, time::SystemTime};

use super::error::Error;

/// Polls of a task that failed one after another. The client continues to poll, until the polls have failed for
/// [`Polling::max_error_time`](crate::Polling#structfield.max_error_time) or the time limit of the wait is over.
/// Returned by [`Events::failing`](crate::Events::failing) and [`TimedOut::failing`](crate::errors::TimedOut::failing).
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

/// Prints a short sentence in lower case: the time since the first failed poll, the error of the last poll, and the last
/// cause of this error.
impl fmt::Display for Failing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // If the system clock was set back, the first failure is in the future.
        let seconds = self.since.elapsed().unwrap_or_default().as_secs();
        write!(f, "the polls have failed for {seconds} s: {}", self.error)?;
        match std::iter::successors(self.error.source(), |&cause| cause.source()).last() {
            Some(cause) => write!(f, ": {cause}"),
            None => Ok(()),
        }
    }
}

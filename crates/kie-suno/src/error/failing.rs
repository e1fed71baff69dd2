//! Polls of a task that fail one after another.

use std::time::SystemTime;

use super::error::Error;

/// Polls of a task that fail one after another, which a wait bears for a while: see
/// [`Events::failing`](crate::Events::failing) and [`TimedOut::failing`](crate::errors::TimedOut::failing).
#[derive(Debug)]
pub struct Failing {
    error: Error,
    since: SystemTime,
}

impl Failing {
    /// Polls that have failed since then, the last of them with this error.
    pub fn new(error: impl Into<Error>, since: SystemTime) -> Self {
        Self { error: error.into(), since }
    }

    /// How the last of them failed.
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// When the first of them failed, by the clock of this machine.
    pub fn since(&self) -> SystemTime {
        self.since
    }
}

//! The clocks of a call.

use std::time::Duration;

use crate::setters::setters;

/// The clocks of a call. All of them run at once; each can end it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// To make a connection, TLS included. 10 seconds by default.
    pub connect: Duration,
    /// From sending a request to the head of its answer. 60 seconds by default.
    pub first_byte: Duration,
    /// Between two pieces of an answer. 30 seconds by default.
    pub idle: Duration,
    /// For a whole call with its retries and their pauses, from its place in line on. 3 minutes by default. Downloads
    /// are not bound by it.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_secs(60),
            idle: Duration::from_secs(30),
            total: Duration::from_secs(180),
        }
    }
}

setters! {
    Timeouts {
        connect: Duration,
        first_byte: Duration,
        idle: Duration,
        total: Duration,
    }
}

//! Timeouts of a call.

use std::{future::poll_fn, pin::pin, task::Poll, time::Duration};

use tokio::time::{Instant, error::Elapsed, timeout};

use crate::setters::setters;

/// Timeouts of a call. They run at the same time, and each of them can end the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// Time to make a connection, TLS included. 10 seconds by default.
    pub connect: Duration,
    /// Time from sending a request to the head of its response. 60 seconds by default.
    pub first_byte: Duration,
    /// Time between two pieces of a response. 30 seconds by default.
    pub idle: Duration,
    /// Time for a whole call with its retries and their pauses, without the time in the queue. 3 minutes by default. It
    /// does not apply to downloads.
    pub total: Duration,
    /// Time for a whole call, the time in the queue included. No limit, [`Duration::MAX`], by default. A call that
    /// cannot be sent in this time fails at once, unsent. It does not apply to downloads.
    pub overall: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_secs(60),
            idle: Duration::from_secs(30),
            total: Duration::from_secs(180),
            overall: Duration::MAX,
        }
    }
}

setters! {
    Timeouts {
        /// Sets the time to make a connection, TLS included.
        connect: Duration,
        /// Sets the time from sending a request to the head of its response.
        first_byte: Duration,
        /// Sets the time between two pieces of a response.
        idle: Duration,
        /// Sets the time for a whole call with its retries and their pauses, without the time in the queue.
        total: Duration,
        /// Sets the time for a whole call, the time in the queue included. [`Duration::MAX`] means no limit.
        overall: Duration,
    }
}

/// Time that one call has left.
#[derive(Debug)]
pub(crate) struct CallClock {
    /// Deadline of the whole call, the queue included.
    by: Option<Instant>,
    /// Time that is left of `total`, which does not run in the queue.
    total: Duration,
}

impl CallClock {
    /// Starts the time limits of a call. `sending` is the additional time to send its content.
    pub(crate) fn of(timeouts: &Timeouts, begun: Instant, sending: Duration) -> Self {
        Self { by: begun.checked_add(timeouts.overall), total: timeouts.total.saturating_add(sending) }
    }

    /// Returns the deadline, or `None` if it is too far away for an instant.
    pub(crate) fn by(&self) -> Option<Instant> {
        self.by
    }

    /// Returns the time that is left, without the queue.
    pub(crate) fn now(&self) -> Duration {
        self.by.map_or(self.total, |by| self.total.min(by.saturating_duration_since(Instant::now())))
    }

    /// Subtracts time that was spent outside of the queue.
    pub(crate) fn spend(&mut self, spent: Duration) {
        self.total = self.total.saturating_sub(spent);
    }
}

/// Works as [`timeout`], but does not read the clock for a future that is ready at once.
pub(crate) async fn within<F: Future>(limit: impl FnOnce() -> Duration, future: F) -> Result<F::Output, Elapsed> {
    let mut future = pin!(future);
    match poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await {
        Poll::Ready(output) => Ok(output),
        Poll::Pending => timeout(limit(), future).await,
    }
}

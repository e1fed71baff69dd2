//! Timeouts of a call.

use std::{
    future::poll_fn,
    pin::{Pin, pin},
    task::Poll,
    time::Duration,
};

use tokio::time::{Instant, sleep};

use crate::setters::setters;

/// Timeouts of a call. `connect`, `first_byte` and `idle` limit one attempt, and the call may be tried again
/// afterwards. `total` and `overall` limit the whole call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// Maximum time until an attempt has a connection. It includes the wait for a free connection and the TLS
    /// handshake. 10 seconds by default. An attempt uses at most seven eighths of its time to connect.
    pub connect: Duration,
    /// Maximum time from the start of an attempt to the head of its response, the time to connect included. 60 seconds
    /// by default. Each 100 kB of the request's body add one second.
    pub first_byte: Duration,
    /// Maximum time until the next piece of a response's body arrives. 30 seconds by default.
    pub idle: Duration,
    /// Maximum time for a whole call with its retries and pauses, without the time in the queue. 3 minutes by default.
    /// Downloads ignore this timeout.
    pub total: Duration,
    /// Maximum time for a whole call, the time in the queue included. [`Duration::MAX`] (no limit) by default. If it is
    /// certain that a call cannot be sent in this time, the call fails immediately, without being sent. Downloads
    /// ignore this timeout.
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
        /// Sets the maximum time until an attempt has a connection.
        connect: Duration,
        /// Sets the maximum time from the start of an attempt to the head of its response.
        first_byte: Duration,
        /// Sets the maximum time until the next piece of a response's body arrives.
        idle: Duration,
        /// Sets the maximum time for a whole call with its retries and pauses, without the time in the queue.
        total: Duration,
        /// Sets the maximum time for a whole call, the time in the queue included. [`Duration::MAX`] means no limit.
        overall: Duration,
    }
}

/// Time that is left for one call.
#[derive(Debug)]
pub(crate) struct CallClock {
    /// Deadline of the whole call, the time in the queue included. `None` if no [`Instant`] can express the deadline.
    by: Option<Instant>,
    /// Time that is left of [`Timeouts::total`]. The time in the queue is not subtracted.
    total: Duration,
}

impl CallClock {
    /// Starts the time limits of a call. `sending`, the time for sending the content of the call, is added to `total`.
    pub(crate) fn of(timeouts: &Timeouts, begun: Instant, sending: Duration) -> Self {
        Self { by: begun.checked_add(timeouts.overall), total: timeouts.total.saturating_add(sending) }
    }

    /// Returns the deadline, or `None` if the deadline is too late for an [`Instant`].
    pub(crate) fn by(&self) -> Option<Instant> {
        self.by
    }

    /// Returns the time that is left for an attempt that starts now.
    pub(crate) fn now(&self) -> Duration {
        self.by.map_or(self.total, |by| self.total.min(by.saturating_duration_since(Instant::now())))
    }

    /// Subtracts `spent` from the time that is left of `total`. `spent` does not include time in the queue.
    pub(crate) fn spend(&mut self, spent: Duration) {
        self.total = self.total.saturating_sub(spent);
    }
}

/// Error of a future that was not ready in time.
#[derive(Debug)]
pub(crate) struct Late;

/// Number of times that a future is polled again after its time limit. Other tasks run before each of these polls. Only
/// then does the future count as late.
const YIELDS: usize = 4;

/// Minimum delay of a timer that counts as a suspension of the process. Without a suspension, timers are at most a few
/// milliseconds late.
const SUSPENSION: Duration = Duration::from_millis(20);

/// Time that a future gets after a suspension. It is short, and enough to read data that have already arrived.
const GRACE: Duration = Duration::from_millis(50);

/// Limits the time of a future. If the future is ready at the first poll, does not call `limit` and does not read the
/// clock.
pub(crate) async fn within<F: Future>(limit: impl FnOnce() -> Duration, future: F) -> Result<F::Output, Late> {
    let mut future = pin!(future);
    match poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await {
        Poll::Ready(output) => Ok(output),
        Poll::Pending => limited(limit(), future).await,
    }
}

/// Limits the time of a future that waits for data from the network.
///
/// After a suspension of the process or of the machine, the limit may be over although the data have arrived: the task
/// that reads them from the connection has not run yet. So the other tasks run first, and after a suspension the future
/// gets a short grace time, before it counts as late. A call that was paid for would lose its response otherwise.
pub(crate) async fn limited<F: Future>(limit: Duration, mut future: Pin<&mut F>) -> Result<F::Output, Late> {
    let mut sleep = pin!(sleep(limit));
    let mut yields = 0;
    let mut has_grace = false;
    poll_fn(|cx| {
        if let Poll::Ready(output) = future.as_mut().poll(cx) {
            return Poll::Ready(Ok(output));
        }
        while sleep.as_mut().poll(cx).is_ready() {
            if yields < YIELDS {
                yields += 1;
                // The runtime polls this task again after the other tasks that are ready.
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            let now = Instant::now();
            if has_grace || now.saturating_duration_since(sleep.deadline()) < SUSPENSION {
                return Poll::Ready(Err(Late));
            }
            has_grace = true;
            sleep.as_mut().reset(now + GRACE);
        }
        Poll::Pending
    })
    .await
}

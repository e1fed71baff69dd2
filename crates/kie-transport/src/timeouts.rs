//! The clocks of a call.

use std::{future::poll_fn, pin::pin, task::Poll, time::Duration};

use tokio::time::{Instant, error::Elapsed, timeout};

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
    /// For a whole call, and its wait in line too. [`Duration::MAX`], no limit, by default: everybody's turn comes. A
    /// call whose turn cannot come in this time gives up at once, unsent. Downloads are not bound by it.
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
        connect: Duration,
        first_byte: Duration,
        idle: Duration,
        total: Duration,
        overall: Duration,
    }
}

/// The time that one call has left.
#[derive(Debug)]
pub(crate) struct CallClock {
    /// When it is over whatever happens.
    by: Option<Instant>,
    /// What is left of the time outside of the line.
    total: Duration,
}

impl CallClock {
    /// The time of a call that begins now, and whose content needs so long to be sent.
    pub(crate) fn of(timeouts: &Timeouts, begun: Instant, sending: Duration) -> Self {
        Self { by: begun.checked_add(timeouts.overall), total: timeouts.total.saturating_add(sending) }
    }

    /// The deadline, if there is one that a clock can show.
    pub(crate) fn by(&self) -> Option<Instant> {
        self.by
    }

    /// How much is left, outside of the line.
    pub(crate) fn now(&self) -> Duration {
        self.by.map_or(self.total, |by| self.total.min(by.saturating_duration_since(Instant::now())))
    }

    /// Takes this off what may be spent outside of the line.
    pub(crate) fn spend(&mut self, spent: Duration) {
        self.total = self.total.saturating_sub(spent);
    }
}
/// [`timeout`], without a look at the clock for what is there already.
pub(crate) async fn within<F: Future>(limit: impl FnOnce() -> Duration, future: F) -> Result<F::Output, Elapsed> {
    let mut future = pin!(future);
    match poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await {
        Poll::Ready(output) => Ok(output),
        Poll::Pending => timeout(limit(), future).await,
    }
}

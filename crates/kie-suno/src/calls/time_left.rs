//! Time limit for the steps of a call before the call reaches the transport.

use std::time::Duration;

use kie_transport::{Error as TransportFailure, ErrorKind, Timeouts};
use tokio::time::{Instant, timeout};

use crate::{
    client::{Client, Target},
    error::Error,
};

/// Remaining time of a call for its steps before the transport, such as ledger operations. Unlimited if the call has no
/// overall time limit.
pub(super) struct TimeLeft<'a> {
    target: &'a Target,
    begun: Instant,
    timeouts: Timeouts,
}

impl<'a> TimeLeft<'a> {
    pub(super) fn of(client: &Client, timeouts: Option<Timeouts>, target: &'a Target) -> Self {
        Self { target, begun: Instant::now(), timeouts: timeouts.unwrap_or_else(|| client.transport.timeouts()) }
    }

    pub(super) fn remaining(&self) -> Duration {
        let overall = self.timeouts.overall;
        if overall == Duration::MAX { Duration::MAX } else { overall.saturating_sub(self.begun.elapsed()) }
    }

    /// Returns the maximum time of the call after it has left the queue.
    pub(super) fn total(&self) -> Duration {
        self.timeouts.total
    }

    /// Runs a step of the call. Returns an error if the step takes longer than the remaining time.
    pub(super) async fn bound<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        timeout(self.remaining(), work).await.unwrap_or_else(|_| {
            let what = "the time limit of the call was over before it could be sent";
            Err(self.target.failed(TransportFailure::new(ErrorKind::Unsent, what)))
        })
    }

    /// Returns the timeouts for the transport. Their overall limit is the remaining time of the call.
    pub(super) fn rest(&self) -> Timeouts {
        self.timeouts.overall(self.remaining())
    }
}

//! The time of a call while it is not with the transport.

use std::time::Duration;

use kie_transport::{Error as TransportFailure, ErrorKind, Timeouts};
use tokio::time::{Instant, timeout};

use crate::{
    client::{Client, Target},
    error::Error,
};

/// What is left of a call's time, if it is bounded, while it is not with the transport.
pub(super) struct TimeLeft<'a> {
    route: &'a Target,
    begun: Instant,
    timeouts: Timeouts,
}

impl<'a> TimeLeft<'a> {
    pub(super) fn of(client: &Client, timeouts: Option<Timeouts>, route: &'a Target) -> Self {
        Self { route, begun: Instant::now(), timeouts: timeouts.unwrap_or_else(|| client.transport.timeouts()) }
    }

    fn now(&self) -> Duration {
        let overall = self.timeouts.overall;
        if overall == Duration::MAX { Duration::MAX } else { overall.saturating_sub(self.begun.elapsed()) }
    }

    /// Does something that must not take longer.
    pub(super) async fn bound<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        timeout(self.now(), work).await.unwrap_or_else(|_| {
            let what = "its time was over before it could be sent";
            Err(self.route.failed(TransportFailure::new(ErrorKind::Unsent, what)))
        })
    }

    /// The clocks for the rest of the call.
    pub(super) fn rest(&self) -> Timeouts {
        self.timeouts.overall(self.now())
    }
}

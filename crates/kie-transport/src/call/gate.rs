//! Decides when a request may be sent: within the rate limit, and within the maximum number of requests in flight.

use std::time::Duration;

use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, timeout_at},
};

use crate::{
    call::{api_call::ApiCall, retry::Idempotency, throttle::Throttle},
    error::Error,
};

/// Queue of the calls that want to be sent. It keeps their order, limits the requests in flight, and prefers calls that
/// create something to calls that only read.
#[derive(Debug)]
pub(crate) struct Gate {
    throttle: Option<Throttle>,
    in_flight: Semaphore,
    /// One permit. Only the first of the calls that read waits for an in-flight permit, so a call that creates
    /// something has at most one of them ahead of it.
    readers: Semaphore,
}

/// Permission to send one request. Dropping it returns it.
pub(crate) type InFlightPermit<'a> = SemaphorePermit<'a>;

impl Gate {
    /// Returns a gate for at most `most` calls in any time of length `span`, where a `most` of 0 means no limit, and at
    /// most `in_flight` requests at once, where 0 counts as 1.
    pub(crate) fn new((most, span): (usize, Duration), in_flight: usize) -> Self {
        let in_flight = Semaphore::new(in_flight.clamp(1, Semaphore::MAX_PERMITS));
        Self { throttle: Throttle::new(most, span), in_flight, readers: Semaphore::new(1) }
    }

    /// Waits for permission to send. Returns `None` if there is none before the deadline `by`, and returns early if
    /// that is certain.
    ///
    /// # Errors
    ///
    /// The error of the call's [`Permit`](crate::Permit), if it does not let the call be sent.
    pub(crate) async fn enter(
        &self,
        call: &ApiCall<'_>,
        by: Option<Instant>,
    ) -> Result<Option<InFlightPermit<'_>>, Error> {
        let entering = self.pass(call, by);
        match by {
            None => entering.await,
            Some(by) => timeout_at(by, entering).await.unwrap_or(Ok(None)),
        }
    }

    async fn pass(&self, call: &ApiCall<'_>, by: Option<Instant>) -> Result<Option<InFlightPermit<'_>>, Error> {
        let slot = match &self.throttle {
            Some(throttle) if call.rate_limited => match throttle.slot(by).await {
                Some(slot) => Some(slot),
                None => return Ok(None),
            },
            _ => None,
        };
        if let Some(permit) = call.permit {
            let time_left = by.map_or(Duration::MAX, |by| by.saturating_duration_since(Instant::now()));
            if let Some(asking) = permit.acquire(time_left) {
                asking.await?;
            }
        }
        let Some(in_flight) = self.acquire(call.idempotency).await else { return Ok(None) };
        // The rate limit counts requests that are sent. The slot is used only now, when this request can be sent.
        if let Some(slot) = slot {
            slot.start();
        }
        Ok(Some(in_flight))
    }

    async fn acquire(&self, idempotency: Idempotency) -> Option<InFlightPermit<'_>> {
        // Fast path. A free permit means that no call waits for one, so this call overtakes none.
        if let Ok(permit) = self.in_flight.try_acquire() {
            return Some(permit);
        }
        let _first = match idempotency {
            Idempotency::Idempotent => Some(self.readers.acquire().await.ok()?),
            Idempotency::NotIdempotent => None,
        };
        self.in_flight.acquire().await.ok()
    }
}

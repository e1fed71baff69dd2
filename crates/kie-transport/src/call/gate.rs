//! Decides when a request may be sent: respects the rate limit and the maximum number of requests in flight.

use std::time::Duration;

use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, timeout_at},
};

use crate::{
    call::{api_call::ApiCall, retry::Idempotency, throttle::Throttle},
    error::Error,
};

/// Queue of the calls that wait to be sent. It enforces the rate limit and the maximum number of requests in flight. If
/// this maximum is reached, at most one call that only reads is ahead of a call that creates something.
#[derive(Debug)]
pub(crate) struct Gate {
    throttle: Option<Throttle>,
    in_flight: Semaphore,
    /// Semaphore with one permit, for calls that only read. Only the reading call that owns this permit may wait for an
    /// in-flight permit. So a call that creates something has at most one reading call ahead of it.
    readers: Semaphore,
}

/// Permission to send one request. When the permission is dropped, another request may be sent.
pub(crate) type InFlightPermit<'a> = SemaphorePermit<'a>;

impl Gate {
    /// Returns a gate that allows at most `most` calls in any period of the duration `span`, and at most `in_flight`
    /// requests at the same time. If `most` is 0, there is no rate limit. An `in_flight` of 0 counts as 1.
    pub(crate) fn new((most, span): (usize, Duration), in_flight: usize) -> Self {
        let in_flight = Semaphore::new(in_flight.clamp(1, Semaphore::MAX_PERMITS));
        Self { throttle: Throttle::new(most, span), in_flight, readers: Semaphore::new(1) }
    }

    /// Waits for permission to send. Returns `None` if there is no permission before the deadline `by`. If it is
    /// certain earlier that the rate limit allows no permission in time, returns `None` immediately.
    ///
    /// # Errors
    ///
    /// The error of the call's [`Permit`](crate::Permit), if the permit does not allow the call to be sent.
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
        // Uses the slot only now, when the request can be sent, because the rate limit counts only requests that are
        // sent.
        if let Some(slot) = slot {
            slot.start();
        }
        Ok(Some(in_flight))
    }

    async fn acquire(&self, idempotency: Idempotency) -> Option<InFlightPermit<'_>> {
        // A free permit means that no other call is in the queue of `in_flight`. So this call can take the permit
        // without overtaking a call in that queue.
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

//! Who may send now: the service's rate, and no more at once than the connections should carry.

use std::time::Duration;

use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, timeout_at},
};

use crate::{
    call::{api_call::ApiCall, retry::Idempotency, throttle::Throttle},
    error::Error,
};

/// Lets calls through: in order, not more at once than allowed, and those that create before those that read.
#[derive(Debug)]
pub(crate) struct Gate {
    line: Option<Throttle>,
    flights: Semaphore,
    /// Only the first of the calls that read waits for a flight, so that a call that creates finds at most one of them
    /// before itself, however many there are.
    readers: Semaphore,
}

/// Leave to send one request; given back when dropped.
pub(crate) type InFlightPermit<'a> = SemaphorePermit<'a>;

impl Gate {
    /// Keeps to a rate of so many in any span of so long, where 0 is no rate, and to so many at once, at least one.
    pub(crate) fn new((most, span): (usize, Duration), in_flight: usize) -> Self {
        let flights = Semaphore::new(in_flight.clamp(1, Semaphore::MAX_PERMITS));
        Self { line: Throttle::new(most, span), flights, readers: Semaphore::new(1) }
    }

    /// Waits for leave to send; `None` if it did not come by then, and at once if it cannot.
    ///
    /// # Errors
    ///
    /// What the call's permit says, if it does not let it leave.
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
        let turn = match &self.line {
            Some(line) if call.in_line => match line.turn(by).await {
                Some(turn) => Some(turn),
                None => return Ok(None),
            },
            _ => None,
        };
        if let Some(permit) = call.permit {
            let patience = by.map_or(Duration::MAX, |by| by.saturating_duration_since(Instant::now()));
            if let Some(leave) = permit.ask(patience) {
                leave.await?;
            }
        }
        let Some(flight) = self.flight(call.repeat).await else { return Ok(None) };
        // The rate is that of requests sent, so the turn is used only now that this one can be.
        if let Some(turn) = turn {
            turn.start();
        }
        Ok(Some(flight))
    }

    async fn flight(&self, repeat: Idempotency) -> Option<InFlightPermit<'_>> {
        // A flight that is free is one that nobody waits for.
        if let Ok(flight) = self.flights.try_acquire() {
            return Some(flight);
        }
        let _first = match repeat {
            Idempotency::Idempotent => Some(self.readers.acquire().await.ok()?),
            Idempotency::NotIdempotent => None,
        };
        self.flights.acquire().await.ok()
    }
}

//! Who may send now: the service's rate, and no more at once than the connections should carry.

use std::time::Duration;

use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, timeout_at},
};

use crate::{call::Call, retry::Repeat, throttle::Throttle};

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
pub(crate) type Flight<'a> = SemaphorePermit<'a>;

impl Gate {
    /// Keeps to a rate of so many in any span of so long, where 0 is no rate, and to so many at once, at least one.
    pub(crate) fn new((most, span): (usize, Duration), in_flight: usize) -> Self {
        let flights = Semaphore::new(in_flight.clamp(1, Semaphore::MAX_PERMITS));
        Self { line: Throttle::new(most, span), flights, readers: Semaphore::new(1) }
    }

    /// Waits for leave to send; `None` if it did not come by then, and at once if it cannot.
    pub(crate) async fn enter(&self, call: &Call<'_>, by: Option<Instant>) -> Option<Flight<'_>> {
        let entering = self.pass(call, by);
        match by {
            None => entering.await,
            Some(by) => timeout_at(by, entering).await.ok().flatten(),
        }
    }

    async fn pass(&self, call: &Call<'_>, by: Option<Instant>) -> Option<Flight<'_>> {
        let turn = match &self.line {
            Some(line) if call.in_line => Some(line.turn(by).await?),
            _ => None,
        };
        // A flight that is free is one that nobody waits for.
        let flight = match (self.flights.try_acquire(), call.repeat) {
            (Ok(flight), _) => flight,
            (Err(_), Repeat::Always) => {
                let _first = self.readers.acquire().await.ok()?;
                self.flights.acquire().await.ok()?
            }
            (Err(_), Repeat::OnlyIfRefused) => self.flights.acquire().await.ok()?,
        };
        // The rate is that of requests sent, so the turn is used only now that this one can be.
        if let Some(turn) = turn {
            turn.start();
        }
        Some(flight)
    }
}

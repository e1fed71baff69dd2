//! Respects the service's rate limit: calls wait in a queue of the client, so the service does not refuse them.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, sleep_until},
};

/// Upper limit of the rate limit's period, [`Throttle::span`]: one year. A longer period could overflow when it is
/// added to an [`Instant`].
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Allows at most `most` calls to start in any period of the duration `span`. Calls start in the order in which they
/// came.
#[derive(Debug)]
pub(crate) struct Throttle {
    most: usize,
    span: Duration,
    /// Semaphore with one permit. Waiting calls get the permit in the order in which they asked. The call that owns the
    /// permit is at the head of the queue.
    head: Semaphore,
    window: Mutex<Window>,
}

#[derive(Debug)]
struct Window {
    /// Times at which the last calls started, the oldest first. At most [`Throttle::most`] times are kept.
    starts: VecDeque<Instant>,
    /// Number of calls in the queue, the call at the head included.
    waiting: usize,
}

impl Throttle {
    /// Returns `None` if `most` is 0, because 0 means "no limit".
    pub(crate) fn new(most: usize, span: Duration) -> Option<Self> {
        let window = Mutex::new(Window { starts: VecDeque::new(), waiting: 0 });
        (most > 0).then(|| Self { most, span: span.min(LONGEST), head: Semaphore::new(1), window })
    }

    /// Waits for a slot: the right to start one call. If a caller stops waiting, or drops its slot without using it,
    /// the next caller gets the slot.
    ///
    /// Returns `None` immediately if it is certain that this call gets no slot before the deadline `by`.
    pub(crate) async fn slot(&self, by: Option<Instant>) -> Option<QueueSlot<'_>> {
        let place = self.join(by)?;
        let head = self.head.acquire().await.ok()?;
        let now = Instant::now();
        let opens = self.window().opens(0, self.most, self.span, now)?;
        if opens > now {
            sleep_until(opens).await;
        }
        Some(QueueSlot { place, _head: head })
    }

    fn join(&self, by: Option<Instant>) -> Option<QueuePlace<'_>> {
        let mut window = self.window();
        if let Some(by) = by {
            let opens = window.opens(window.waiting, self.most, self.span, Instant::now());
            opens.filter(|&opens| opens < by)?;
        }
        window.waiting += 1;
        Some(QueuePlace(self))
    }

    fn window(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Window {
    /// Returns the time at which a call with `ahead` calls before it in the queue can start. Returns `None` if no
    /// [`Instant`] can express this time.
    fn opens(&self, ahead: usize, most: usize, span: Duration, now: Instant) -> Option<Instant> {
        let (rounds, place) = (ahead / most, ahead % most);
        let oldest = place.checked_sub(most - self.starts.len()).and_then(|index| self.starts.get(index));
        let first = oldest.map_or(now, |&start| now.max(start + span));
        first.checked_add(span.saturating_mul(u32::try_from(rounds).unwrap_or(u32::MAX)))
    }
}

/// Place of one call in the queue. When it is dropped, the call leaves the queue.
struct QueuePlace<'a>(&'a Throttle);

impl Drop for QueuePlace<'_> {
    fn drop(&mut self) {
        self.0.window().waiting -= 1;
    }
}

/// Slot of the call at the head of the queue. The call may start now.
pub(crate) struct QueueSlot<'a> {
    place: QueuePlace<'a>,
    _head: SemaphorePermit<'a>,
}

impl QueueSlot<'_> {
    /// Uses the slot: records that a call starts now.
    pub(crate) fn start(self) {
        let throttle = self.place.0;
        let mut window = throttle.window();
        if window.starts.len() >= throttle.most {
            window.starts.pop_front();
        }
        window.starts.push_back(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPAN: Duration = Duration::from_secs(10);

    async fn start(throttle: &Throttle) {
        throttle.slot(None).await.unwrap().start();
    }

    #[tokio::test(start_paused = true)]
    async fn no_span_has_more_starts_than_allowed() {
        let throttle = Throttle::new(20, SPAN).unwrap();
        let begin = Instant::now();
        let mut starts = Vec::new();
        for _ in 0..65 {
            start(&throttle).await;
            starts.push(begin.elapsed());
        }
        for window in starts.windows(21) {
            assert!(window[20] - window[0] >= SPAN);
        }
        assert_eq!(begin.elapsed(), Duration::from_secs(30));
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_that_stops_waiting_frees_its_slot() {
        let throttle = Throttle::new(1, SPAN).unwrap();
        start(&throttle).await;
        let begin = Instant::now();
        assert!(tokio::time::timeout(Duration::from_secs(4), throttle.slot(None)).await.is_err());
        drop(throttle.slot(None).await.unwrap());
        start(&throttle).await;
        assert_eq!(begin.elapsed(), SPAN);
        assert_eq!(throttle.window().waiting, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn the_queue_knows_when_a_slot_comes() {
        let throttle = std::sync::Arc::new(Throttle::new(2, SPAN).unwrap());
        for _ in 0..2 {
            start(&throttle).await;
            tokio::time::advance(Duration::from_secs(3)).await;
        }
        let mut queue = tokio::task::JoinSet::new();
        // At most two calls may start in 10 s. One call started 6 s ago, and another 3 s ago. A start stops counting
        // when it is 10 s old: the first in 4 s, the second in 7 s. So the next two slots come in 4 s and in 7 s. Each
        // of these slots is used by a call, and is free again 10 s later: in 14 s, 17 s and 24 s.
        for seconds in [4, 7, 14, 17, 24] {
            let begin = Instant::now();
            let exactly = begin + Duration::from_secs(seconds);
            assert!(throttle.slot(Some(exactly)).await.is_none(), "not before {seconds} s");
            assert_eq!(begin.elapsed(), Duration::ZERO, "that was known at once");
            let (throttle, after) = (throttle.clone(), exactly + Duration::from_millis(1));
            queue.spawn(async move {
                throttle.slot(Some(after)).await.unwrap().start();
                (Instant::now(), exactly)
            });
            tokio::task::yield_now().await;
        }
        for (came, exactly) in queue.join_all().await {
            assert_eq!(came, exactly);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn no_span_is_too_long() {
        let throttle = Throttle::new(1, Duration::MAX).unwrap();
        start(&throttle).await;
        assert!(throttle.slot(Some(Instant::now() + Duration::from_secs(60))).await.is_none());
    }
}

//! Keeping to a service's rate on this side: nobody is refused, everybody waits in line.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, sleep_until},
};

/// A span longer than this is as good as forever, and still can be added to any instant.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// At most so many starts in any span of so long. First come, first served.
#[derive(Debug)]
pub(crate) struct Throttle {
    most: usize,
    span: Duration,
    /// Handed on in order: whoever has it is the head of the line.
    head: Semaphore,
    window: Mutex<Window>,
}

#[derive(Debug)]
struct Window {
    /// The last `most` starts, the oldest first.
    starts: VecDeque<Instant>,
    /// How many are in line, its head included.
    waiting: usize,
}

impl Throttle {
    /// None if there is no rate to keep to, which is what 0 starts say.
    pub(crate) fn new(most: usize, span: Duration) -> Option<Self> {
        let window = Mutex::new(Window { starts: VecDeque::new(), waiting: 0 });
        (most > 0).then(|| Self { most, span: span.min(LONGEST), head: Semaphore::new(1), window })
    }

    /// Waits for the turn to start; whoever gives up while waiting, or does not use the turn, leaves no gap.
    ///
    /// `None`, and at once, if so many are ahead that the turn cannot come before `by`.
    pub(crate) async fn turn(&self, by: Option<Instant>) -> Option<QueueSlot<'_>> {
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
    /// When there is room for one more start after so many others, if that can be told.
    fn opens(&self, ahead: usize, most: usize, span: Duration, now: Instant) -> Option<Instant> {
        let (rounds, place) = (ahead / most, ahead % most);
        let oldest = place.checked_sub(most - self.starts.len()).and_then(|index| self.starts.get(index));
        let first = oldest.map_or(now, |&start| now.max(start + span));
        first.checked_add(span.saturating_mul(u32::try_from(rounds).unwrap_or(u32::MAX)))
    }
}

/// A place in line, given up when dropped.
struct QueuePlace<'a>(&'a Throttle);

impl Drop for QueuePlace<'_> {
    fn drop(&mut self) {
        self.0.window().waiting -= 1;
    }
}

/// The head of the line, whose turn has come.
pub(crate) struct QueueSlot<'a> {
    place: QueuePlace<'a>,
    _head: SemaphorePermit<'a>,
}

impl QueueSlot<'_> {
    /// Uses the turn, now.
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
        throttle.turn(None).await.unwrap().start();
    }

    #[tokio::test(start_paused = true)]
    async fn no_span_holds_more_than_its_share() {
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
    async fn giving_up_leaves_no_gap() {
        let throttle = Throttle::new(1, SPAN).unwrap();
        start(&throttle).await;
        let begin = Instant::now();
        assert!(tokio::time::timeout(Duration::from_secs(4), throttle.turn(None)).await.is_err());
        drop(throttle.turn(None).await.unwrap());
        start(&throttle).await;
        assert_eq!(begin.elapsed(), SPAN);
        assert_eq!(throttle.window().waiting, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn the_line_knows_when_a_turn_comes() {
        let throttle = std::sync::Arc::new(Throttle::new(2, SPAN).unwrap());
        for _ in 0..2 {
            start(&throttle).await;
            tokio::time::advance(Duration::from_secs(3)).await;
        }
        let mut line = tokio::task::JoinSet::new();
        // Six seconds later the two that started leave room after 4 and 7 seconds, and those after them 10 later each.
        for seconds in [4, 7, 14, 17, 24] {
            let begin = Instant::now();
            let exactly = begin + Duration::from_secs(seconds);
            assert!(throttle.turn(Some(exactly)).await.is_none(), "not before {seconds} s");
            assert_eq!(begin.elapsed(), Duration::ZERO, "that was known at once");
            let (throttle, after) = (throttle.clone(), exactly + Duration::from_millis(1));
            line.spawn(async move {
                throttle.turn(Some(after)).await.unwrap().start();
                (Instant::now(), exactly)
            });
            tokio::task::yield_now().await;
        }
        for (came, exactly) in line.join_all().await {
            assert_eq!(came, exactly);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn no_span_is_too_long() {
        let throttle = Throttle::new(1, Duration::MAX).unwrap();
        start(&throttle).await;
        assert!(throttle.turn(Some(Instant::now() + Duration::from_secs(60))).await.is_none());
    }
}

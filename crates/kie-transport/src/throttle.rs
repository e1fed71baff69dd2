//! Keeping to a service's rate on this side: nobody is refused, everybody waits in line.

use std::{collections::VecDeque, time::Duration};

use tokio::{
    sync::Mutex,
    time::{Instant, sleep_until},
};

/// At most so many starts in any span of so long.
#[derive(Debug)]
pub(crate) struct Throttle {
    most: usize,
    span: Duration,
    /// The last `most` starts, the oldest first.
    starts: Mutex<VecDeque<Instant>>,
}

impl Throttle {
    pub(crate) fn new(most: usize, span: Duration) -> Self {
        Self { most, span, starts: Mutex::new(VecDeque::with_capacity(most)) }
    }

    /// Waits for a place. First come, first served; whoever gives up while waiting leaves no gap.
    pub(crate) async fn place(&self) {
        if self.most == 0 {
            return;
        }
        // The lock is handed on in order, and the head of the line keeps it while it waits.
        let mut starts = self.starts.lock().await;
        if starts.len() >= self.most {
            if let Some(&oldest) = starts.front() {
                sleep_until(oldest + self.span).await;
            }
            starts.pop_front();
        }
        starts.push_back(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn no_span_holds_more_than_its_share() {
        let span = Duration::from_secs(10);
        let throttle = Throttle::new(20, span);
        let begin = Instant::now();
        let mut starts = Vec::new();
        for _ in 0..65 {
            throttle.place().await;
            starts.push(begin.elapsed());
        }
        for window in starts.windows(21) {
            assert!(window[20] - window[0] >= span);
        }
        assert_eq!(begin.elapsed(), Duration::from_secs(30));
    }

    #[tokio::test(start_paused = true)]
    async fn giving_up_leaves_no_gap() {
        let throttle = Throttle::new(1, Duration::from_secs(10));
        throttle.place().await;
        let begin = Instant::now();
        assert!(tokio::time::timeout(Duration::from_secs(4), throttle.place()).await.is_err());
        throttle.place().await;
        assert_eq!(begin.elapsed(), Duration::from_secs(10));
    }
}

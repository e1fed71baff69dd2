//! Running a few jobs at the same time.

use std::{
    future::poll_fn,
    task::{Context, Poll, ready},
};

use tokio::task::JoinSet;

/// Maximum number of jobs that run at the same time.
const MAX_RUNNING: usize = 4;

/// Runs a few jobs at the same time, each on a task of the runtime. Dropping this value cancels the running jobs.
pub(super) struct Workers<T>(JoinSet<T>);

impl<T: Send + 'static> Workers<T> {
    pub(super) fn new() -> Self {
        Self(JoinSet::new())
    }

    /// Returns `true` if another job can be started.
    pub(super) fn has_room(&self) -> bool {
        self.0.len() < MAX_RUNNING
    }

    pub(super) fn start(&mut self, job: impl Future<Output = T> + Send + 'static) {
        self.0.spawn(job);
    }

    /// Starts jobs of `pending` while there is room. Then returns the result of the next job that ends, or `None` when
    /// all jobs have ended. If a job has panicked, this method panics too.
    pub(super) async fn next<F>(&mut self, pending: &mut impl Iterator<Item = F>) -> Option<T>
    where
        F: Future<Output = T> + Send + 'static,
    {
        while self.has_room()
            && let Some(job) = pending.next()
        {
            self.start(job);
        }
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// Returns the result of the next job that ends, or `None` if no job is running. If a job has panicked, this method
    /// panics too.
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<T>> {
        loop {
            match ready!(self.0.poll_join_next(cx)) {
                None => return Poll::Ready(None),
                Some(Ok(done)) => return Poll::Ready(Some(done)),
                Some(Err(error)) => {
                    // A job that ended without a panic was cancelled, because the runtime is shutting down. The runtime
                    // then cancels this future too.
                    if let Ok(panic) = error.try_into_panic() {
                        std::panic::resume_unwind(panic);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use tokio::task::yield_now;

    use super::*;

    #[tokio::test]
    async fn every_job_is_done_and_at_most_four_run_at_once() {
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut jobs = (0..20).map(|number| {
            let (running, most) = (Arc::clone(&running), Arc::clone(&most));
            async move {
                most.fetch_max(running.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
                yield_now().await;
                running.fetch_sub(1, Ordering::Relaxed);
                number
            }
        });
        let (mut workers, mut done) = (Workers::new(), Vec::new());
        while let Some(number) = workers.next(&mut jobs).await {
            done.push(number);
        }
        done.sort_unstable();
        assert_eq!(done, (0..20).collect::<Vec<_>>());
        assert_eq!(most.load(Ordering::Relaxed), MAX_RUNNING);
    }

    #[tokio::test]
    #[should_panic(expected = "a job panics")]
    #[allow(clippy::panic)]
    async fn a_panic_is_resumed() {
        let _: Option<()> = Workers::new().next(&mut [async { panic!("a job panics") }].into_iter()).await;
    }
}

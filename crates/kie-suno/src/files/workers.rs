//! Running a few jobs at the same time.

use std::future::Future;

use tokio::task::JoinSet;

/// Maximum number of jobs that run at the same time.
const MAX_RUNNING: usize = 4;

/// Runs a few jobs at the same time, each on a task of the runtime. Dropping this value cancels the running jobs.
pub(super) struct Workers<I, T> {
    pending: I,
    running: JoinSet<T>,
}

impl<I, F, T> Workers<I, T>
where
    I: Iterator<Item = F>,
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    pub(super) fn new(jobs: I) -> Self {
        Self { pending: jobs, running: JoinSet::new() }
    }

    /// Returns the result of the next job that ends, or `None` when all jobs have ended. If a job has panicked, this
    /// method panics too.
    pub(super) async fn next(&mut self) -> Option<T> {
        loop {
            for job in self.pending.by_ref().take(MAX_RUNNING - self.running.len()) {
                self.running.spawn(job);
            }
            match self.running.join_next().await? {
                Ok(done) => return Some(done),
                Err(error) => {
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
        let jobs = (0..20).map(|number| {
            let (running, most) = (Arc::clone(&running), Arc::clone(&most));
            async move {
                most.fetch_max(running.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
                yield_now().await;
                running.fetch_sub(1, Ordering::Relaxed);
                number
            }
        });
        let (mut jobs, mut done) = (Workers::new(jobs), Vec::new());
        while let Some(number) = jobs.next().await {
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
        let mut jobs = Workers::new([async { panic!("a job panics") }].into_iter());
        let _: Option<()> = jobs.next().await;
    }
}

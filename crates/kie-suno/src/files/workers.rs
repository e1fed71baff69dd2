//! A few jobs at once.

use std::future::Future;

use tokio::task::JoinSet;

/// How many jobs are under way at once.
const AT_ONCE: usize = 4;

/// Jobs of which a few are under way at once, each on a task of the runtime. Dropping this gives up the jobs that are under way.
pub(super) struct Workers<I, T> {
    waiting: I,
    running: JoinSet<T>,
}

impl<I, F, T> Workers<I, T>
where
    I: Iterator<Item = F>,
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    pub(super) fn new(jobs: I) -> Self {
        Self { waiting: jobs, running: JoinSet::new() }
    }

    /// What the next job to end came to; `None` when all have ended. The panic of a job goes on here.
    pub(super) async fn next(&mut self) -> Option<T> {
        loop {
            for job in self.waiting.by_ref().take(AT_ONCE - self.running.len()) {
                self.running.spawn(job);
            }
            match self.running.join_next().await? {
                Ok(done) => return Some(done),
                Err(error) => {
                    // Without a panic, the runtime is ending, and this with it.
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
    async fn every_job_is_done_and_few_are_under_way() {
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
        assert_eq!(most.load(Ordering::Relaxed), AT_ONCE);
    }

    #[tokio::test]
    #[should_panic(expected = "a job panics")]
    #[allow(clippy::panic)]
    async fn a_panic_goes_on() {
        let mut jobs = Workers::new([async { panic!("a job panics") }].into_iter());
        let _: Option<()> = jobs.next().await;
    }
}

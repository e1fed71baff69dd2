//! Waiting for a task.

use std::{fmt, pin::Pin, time::Duration};

use kie_types::{Job, Record, Stage};

use super::task::Task;
use crate::{error::Error, waiting::Polling};

impl<J: Job> Task<J> {
    /// Waits until the task is finished, and returns its results. Returns [`Error::Decode`] if the record of the
    /// finished task shows no result.
    ///
    /// `.await` it directly, or set its [options](Wait) first.
    pub fn wait(&self) -> Wait<J> {
        Wait { task: self.clone(), until: Stage::Complete, polling: self.client.polling() }
    }
}

/// Waits for a task. `.await` it to get the results. Returned by [`Task::wait`].
///
/// ```no_run
/// # async fn demo(task: kie_suno::Task<kie_suno::records::Music>) -> Result<(), kie_suno::Error> {
/// use std::time::Duration;
/// use kie_suno::Stage;
///
/// let first = task.wait().until(Stage::First).await?;
/// let all = task.wait().timeout(Duration::from_secs(300)).await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a wait does nothing unless it is awaited"]
pub struct Wait<J: Job> {
    task: Task<J>,
    until: Stage,
    polling: Polling,
}

impl<J: Job> Wait<J> {
    /// Waits only until the task has reached this stage or a later one. The output has the results that exist at that
    /// time.
    pub fn until(mut self, stage: Stage) -> Self {
        self.until = stage;
        self
    }

    /// Sets the maximum time to wait for the task. Default: the time in the [settings of the
    /// client](crate::ClientBuilder::polling), or 15 minutes if they are not set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.polling.timeout = timeout;
        self
    }

    /// Sets the poll intervals and all time limits for this task.
    pub fn polling(mut self, polling: Polling) -> Self {
        self.polling = polling;
        self
    }
}

impl<J: Job> IntoFuture for Wait<J> {
    type Output = Result<J::Output, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let mut events = self.task.events().polling(self.polling);
            let mut output = None;
            while let Some(event) = events.next().await {
                let event = event?;
                if event.stage >= Some(self.until) {
                    output = event.record.output();
                    break;
                }
            }
            output.ok_or_else(|| self.task.shows_nothing())
        })
    }
}

impl<J: Job> fmt::Debug for Wait<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait")
            .field("task", &self.task)
            .field("until", &self.until)
            .field("polling", &self.polling)
            .finish()
    }
}

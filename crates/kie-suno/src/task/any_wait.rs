//! Waiting for a task of any kind.

use std::time::Duration;

use kie_types::{Report, Stage};

use super::any::{AnyTask, ReportFuture};
use crate::{error::Error, waiting::Polling};

/// Waits for a task of any kind. `.await` it to get the [`Report`] of the task. Returned by [`AnyTask::wait`].
#[derive(Debug, Clone)]
#[must_use = "a wait does nothing unless it is awaited"]
pub struct AnyWait {
    task: AnyTask,
    until: Stage,
    polling: Option<Polling>,
}

impl AnyWait {
    pub(super) fn new(task: AnyTask) -> Self {
        Self { task, until: Stage::Complete, polling: None }
    }

    /// Waits only until the task has reached this stage or a later one. The report has the results that exist at that
    /// time.
    pub fn until(mut self, stage: Stage) -> Self {
        self.until = stage;
        self
    }

    /// Sets the maximum time to wait for the task. Default: the time in the [settings of the
    /// client](crate::ClientBuilder::polling), or 15 minutes if they are not set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        let polling = self.polling.unwrap_or_else(|| self.task.client.polling());
        self.polling = Some(polling.timeout(timeout));
        self
    }

    /// Sets the poll intervals and all time limits for this task.
    pub fn polling(mut self, polling: Polling) -> Self {
        self.polling = Some(polling);
        self
    }
}

impl IntoFuture for AnyWait {
    type Output = Result<Report, Error>;
    type IntoFuture = ReportFuture;

    fn into_future(self) -> Self::IntoFuture {
        self.task.until(self.until, self.polling)
    }
}

//! Waiting for a task of any kind.

use std::time::Duration;

use kie_types::{Report, Stage};

use super::any::{AnyTask, Reporting};
use crate::{error::Error, waiting::Polling};

/// A wait for a task of any kind: `.await` it, and have its [`Report`]. Made by [`AnyTask::wait`].
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

    /// Ends the wait at this stage, with what there is by then.
    pub fn until(mut self, stage: Stage) -> Self {
        self.until = stage;
        self
    }

    /// Waits this long in all, in place of 15 minutes.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        let polling = self.polling.unwrap_or_else(|| self.task.client.polling());
        self.polling = Some(polling.timeout(timeout));
        self
    }

    /// Sets every number of the wait.
    pub fn polling(mut self, polling: Polling) -> Self {
        self.polling = Some(polling);
        self
    }
}

impl IntoFuture for AnyWait {
    type Output = Result<Report, Error>;
    type IntoFuture = Reporting;

    fn into_future(self) -> Self::IntoFuture {
        self.task.until(self.until, self.polling)
    }
}

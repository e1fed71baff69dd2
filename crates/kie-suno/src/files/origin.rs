//! The task whose files are saved.

use std::time::SystemTime;

use kie_types::{LONGEST_TASK, Timestamp};
use tokio::sync::OnceCell;

use crate::{client::Client, task::AnyTask};

/// The task whose files are saved, and its creation time. The time is read from the service when it is needed for the
/// first time.
pub(crate) struct SavedTask {
    pub(crate) task: AnyTask,
    created: OnceCell<Option<Timestamp>>,
}

impl SavedTask {
    pub(crate) fn new(task: AnyTask) -> Self {
        Self { task, created: OnceCell::new() }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.task.client
    }

    /// Returns the creation time of the task. `None` if the service does not tell the time.
    pub(crate) async fn created(&self) -> Option<Timestamp> {
        let read = async || self.task.poll().await.ok().flatten().and_then(|record| record.created());
        self.created.get_or_init(read).await.clone()
    }

    /// Returns the day on which the task was created, in UTC, such as `2026-02-03`. Returns today if the service does not
    /// tell the time.
    pub(crate) async fn date(&self) -> String {
        let utc = self.created().await.and_then(|created| created.to_utc());
        let utc = utc.or_else(|| Timestamp::from(SystemTime::now()).to_utc()).unwrap_or_default();
        utc.split('T').next().unwrap_or_default().to_owned()
    }

    /// Returns `true` if the task was created less than [`LONGEST_TASK`] ago, so it may have ended only a few minutes
    /// ago. Also returns `true` if the creation time is unknown.
    pub(crate) async fn is_young(&self) -> bool {
        let created = self.created().await.and_then(|created| created.system_time());
        // For a time in the future, because the clocks differ, `elapsed` fails.
        created.and_then(|created| created.elapsed().ok()).is_none_or(|age| age < LONGEST_TASK)
    }
}

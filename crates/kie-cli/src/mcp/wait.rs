//! Waiting for a task, and saving its files.

use std::{path::PathBuf, time::Duration};

use kie_suno::{AnyTask, Error, files::SavedFile, records::Report, requests::catalog::Operation};
use tokio::time::{Instant, timeout_at};

use crate::{
    args::{FollowArgs, TagArgs},
    exit::ExitError,
    follow::reported,
    mcp::progress::Progress,
    session::Session,
};

/// Time between two notifications of progress while a task does not change.
const TICK: Duration = Duration::from_secs(5);

/// Time after the wait in which the files of a finished task are saved.
const SAVING: Duration = Duration::from_secs(300);

/// Returns how a task is followed. `save` is the folder for its files, if they are saved.
pub(super) fn follow(save: Option<PathBuf>, extras: bool) -> FollowArgs {
    FollowArgs { save, extras, out_template: None, tags: TagArgs::default(), song: None, timeout: SAVING }
}

/// Waits for a task, and saves its files if it is finished in time. Returns the report as it is at the end of the wait.
pub(super) async fn carry_out(
    session: &Session,
    operation: &'static Operation,
    task: &AnyTask,
    wait: Duration,
    follow: FollowArgs,
    progress: &mut Progress,
) -> Result<(Report, Vec<SavedFile>), ExitError> {
    let lost = |error| session.lost(error, operation.name, task.route(), None);
    if !is_finished(session, task, wait, progress).await.map_err(lost)? {
        return Ok((task.report().await.map_err(lost)?, Vec::new()));
    }
    if follow.save.is_some() {
        progress.tell("saving the files").await;
    }
    let (report, files) = reported(session, operation.name, task, Some(&follow)).await?;
    if !files.is_empty() {
        progress.saved().await;
    }
    Ok((report, files))
}

/// Waits until a task is finished or has failed. Returns `false` if it is not finished in time.
async fn is_finished(
    session: &Session,
    task: &AnyTask,
    wait: Duration,
    progress: &mut Progress,
) -> Result<bool, Error> {
    let end = Instant::now() + wait;
    let mut events = task.events().polling(session.polling(wait + TICK));
    loop {
        match timeout_at(end.min(Instant::now() + TICK), events.next()).await {
            Ok(Some(Ok(event))) => progress.changed(&event).await,
            Ok(Some(Err(Error::TimedOut(_)))) => return Ok(false),
            // The results that a failed task has finished are saved too.
            Ok(Some(Err(Error::Failed(_))) | None) => return Ok(true),
            Ok(Some(Err(error))) => return Err(error),
            Err(_) if Instant::now() >= end => return Ok(false),
            Err(_) => progress.tell("waiting for the task").await,
        }
    }
}

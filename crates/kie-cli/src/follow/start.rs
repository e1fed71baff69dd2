//! Starting a task, after a check of the folder for its files.

use std::{
    hash::{BuildHasher as _, RandomState},
    path::Path,
};

use anyhow::Context as _;
use kie_suno::{
    Start, Task,
    records::{Job, Outcome, Report},
    requests::TaskEndpoint,
};
use serde_json::Value;

use crate::{
    args::FollowArgs,
    exit::ExitError,
    follow::watch::{finish, run},
    output::ProgressLine,
    session::Session,
};

/// Starts a task of the operation `E`. Then shows the task. If `follow` is given, waits for the task, and saves its
/// files if `--save` is given.
pub(crate) async fn start<E: TaskEndpoint>(
    session: &Session,
    call: Start<E, Value>,
    follow: Option<&FollowArgs>,
) -> Result<(), ExitError> {
    // Checks the folder before the song is paid for.
    if let Some(folder) = follow.and_then(|follow| follow.save.as_deref()) {
        try_folder(folder)?;
    }
    let progress = ProgressLine::new("sending");
    let before = session.balance().await;
    let task = session.submit(E::NAME, call).await?;
    progress.say(&format!("task {} ({})", task.id(), E::NAME));
    drop(progress);
    match follow {
        Some(_) => run::<E>(session, &task, before, follow).await,
        None => finish::<E>(session, new_report(&task).await, Vec::new(), before).await,
    }
}

/// Returns the report of a task that was just started. The service may not know the task yet, and the lookup may fail.
/// The task is started and paid for all the same, so it counts as running.
async fn new_report<J: Job>(task: &Task<J>) -> Report {
    let report = task.report().await.ok().filter(|report| report.outcome != Outcome::NotFound);
    report.unwrap_or_else(|| {
        let mut report = Report::new(task.id(), None);
        report.outcome = Outcome::Running;
        report
    })
}

/// Checks that files can be saved in a folder. Creates the folder if it is missing.
pub(crate) fn try_folder(folder: &Path) -> anyhow::Result<()> {
    // The test file must be new, and no other program can guess its name. So no file of another user is changed.
    let test_file = folder.join(format!(".kie-{:016x}.part", RandomState::new().hash_one(())));
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::File::create_new(&test_file));
    written
        .and_then(|_| std::fs::remove_file(test_file))
        .with_context(|| format!("files cannot be saved in {}", folder.display()))
}

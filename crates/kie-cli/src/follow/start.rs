//! Starting a task, after a check of the folder for its files.

use std::{
    hash::{BuildHasher as _, RandomState},
    path::Path,
};

use anyhow::Context as _;
use kie_suno::{Start, requests::TaskEndpoint};
use serde_json::Value;

use crate::{args::FollowArgs, exit::ExitError, follow::watch::run, output::ProgressLine, session::Session};

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
    run::<E>(session, &task, before, follow).await
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

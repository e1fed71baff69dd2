//! A task is started, once there is a place for its files.

use std::path::Path;

use anyhow::Context as _;
use kie_suno::{Start, requests::TaskEndpoint};
use serde_json::Value;

use crate::{args::FollowArgs, exit::ExitError, follow::watch::run, output::ProgressLine, session::Session};

/// Starts a task of the operation `E`; then, if asked to, waits for it and saves what it made.
pub(crate) async fn start<E: TaskEndpoint>(
    caller: &Session,
    call: Start<E, Value>,
    follow: Option<&FollowArgs>,
) -> Result<(), ExitError> {
    // A folder that cannot be written to is better known before the song is paid for.
    if let Some(folder) = follow.and_then(|follow| follow.save.as_deref()) {
        try_folder(folder)?;
    }
    let progress = ProgressLine::new("sending");
    let before = caller.balance().await;
    let task = caller.submit(E::NAME, call).await?;
    progress.say(&format!("task {} ({})", task.id(), E::NAME));
    drop(progress);
    run::<E>(caller, &task, before, follow).await
}

/// Makes sure that files can be saved in a folder, which is made if it is missing.
pub(crate) fn try_folder(folder: &Path) -> anyhow::Result<()> {
    let trial = folder.join(format!(".kie-{}.part", std::process::id()));
    let tried = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&trial, b""));
    tried
        .and_then(|()| std::fs::remove_file(trial))
        .with_context(|| format!("nothing can be saved in {}", folder.display()))
}

//! Tools about a call that was made: its task, and its files.

use kie_suno::requests::catalog;

use crate::{
    exit::ExitError,
    follow::song_in_ledger,
    mcp::{
        arguments::{SaveArguments, TaskArguments, wait},
        made::Made,
        progress::Progress,
        server::Server,
        wait::{carry_out, follow},
    },
    sources::meant,
};

/// Tells what became of a call. Waits for its task.
pub(super) async fn task(
    server: &Server,
    arguments: TaskArguments,
    progress: &mut Progress,
) -> Result<Made, ExitError> {
    let save = SaveArguments { id: arguments.id, folder: None, extras: false, wait_s: arguments.wait_s };
    found(server, save, progress).await
}

/// Waits for a task, and saves its files.
pub(super) async fn save(
    server: &Server,
    arguments: SaveArguments,
    progress: &mut Progress,
) -> Result<Made, ExitError> {
    let folder = Some(arguments.folder.unwrap_or_default());
    found(server, SaveArguments { folder, ..arguments }, progress).await
}

async fn found(server: &Server, arguments: SaveArguments, progress: &mut Progress) -> Result<Made, ExitError> {
    let SaveArguments { id, folder, extras, wait_s } = arguments;
    let (session, ledger) = (&server.session, server.ledger()?);
    let folder = folder.map(|folder| server.root.folder(&folder)).transpose()?;
    let receipt = meant(ledger, &id).await?.receipt;
    let Some(task) = session.client.task_of(&receipt) else { return Ok(Made::of(&receipt, &server.root).with_next()) };
    session.require_key()?;
    let operation = catalog::find(&receipt.operation).map_err(anyhow::Error::from)?;
    let mut follow = follow(folder, extras);
    follow.song = song_in_ledger(session, &receipt).await?;
    let (report, files) = carry_out(session, operation, &task, wait(wait_s), follow, progress).await?;
    let receipt = meant(ledger, &receipt.id.to_string()).await?.receipt;
    Ok(Made::reported(&receipt, &server.root, &report, &files).with_next())
}

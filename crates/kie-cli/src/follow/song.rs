//! The song that the results of a request belong to.

use kie_suno::{
    Error, Route,
    receipts::{Receipt, ReceiptItem},
    records::Item,
    requests::{Endpoint as _, GenerateMusic},
};
use serde_json::Value;

use crate::{
    args::{FollowArgs, SourceSong},
    exit::ExitError,
    session::Session,
    sources::makes_tracks,
};

/// Sets the song that the results of a request on this route belong to, if the request is about a track, and if the
/// results are saved and are no songs themselves. The title of the song comes from the ledger, or else from the task that made the track.
/// If the title is not known, no song is set, and the results have names of their own.
pub(crate) async fn find_song(
    session: &Session,
    operation: &str,
    route: Route,
    request: &Value,
    follow: &mut FollowArgs,
) -> Result<(), ExitError> {
    if makes_tracks(operation) || follow.save.is_none() || follow.song.is_some() {
        return Ok(());
    }
    follow.song = match session.client.source_track(request).await? {
        Some(track) => source_song(track),
        None => polled(session, route, request).await?,
    };
    Ok(())
}

/// Does the same as [`find_song`] for the request of a receipt.
pub(crate) async fn find_song_of(
    session: &Session,
    receipt: &Receipt,
    follow: &mut FollowArgs,
) -> Result<(), ExitError> {
    let request = serde_json::from_str(&receipt.request).unwrap_or_default();
    find_song(session, &receipt.operation, receipt.route, &request, follow).await
}

/// Returns the song that the results of a receipt belong to, if they are no songs themselves, and if the ledger knows the
/// song.
pub(crate) async fn song_in_ledger(session: &Session, receipt: &Receipt) -> Result<Option<SourceSong>, Error> {
    if makes_tracks(&receipt.operation) {
        return Ok(None);
    }
    let request = serde_json::from_str(&receipt.request).unwrap_or_default();
    Ok(session.client.source_track(&request).await?.and_then(source_song))
}

/// Returns the song of a track, if its title and its id are known.
fn source_song(track: ReceiptItem) -> Option<SourceSong> {
    Some(SourceSong { title: track.title?, id: track.id? })
}

/// Polls the task that a request names once, and returns the track that the request names.
async fn polled(session: &Session, route: Route, request: &Value) -> Result<Option<SourceSong>, ExitError> {
    let field = |name: &str| request.get(name).and_then(Value::as_str).filter(|id| !id.is_empty());
    let (Some(task), Some(track)) = (field("taskId"), field("audioId")) else { return Ok(None) };
    let Some(task) = session.client.any_task_on(GenerateMusic::NAME, task, route) else { return Ok(None) };
    let report = session.interrupt.during("reading the title of the song", task.report()).await?;
    let items = report.map(|report| report.items).unwrap_or_default();
    let item = items.iter().find(|item: &&Item| item.id.as_deref() == Some(track));
    Ok(item.map(ReceiptItem::from).and_then(source_song))
}

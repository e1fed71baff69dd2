//! The song that a request is about.

use kie_suno::requests::{Endpoint as _, GenerateMusic};
use serde_json::Value;

use crate::{
    args::{FollowArgs, SourceSong},
    exit::ExitError,
    session::Session,
};

/// Sets the song that the results belong to, if the request names a track and the results are saved. Its title is read
/// from the task that made the track. If it cannot be read, no song is set, and the results have names of their own.
pub(crate) async fn find_song(session: &Session, request: &Value, follow: &mut FollowArgs) -> Result<(), ExitError> {
    let field = |name: &str| request.get(name).and_then(Value::as_str).filter(|id| !id.is_empty());
    let (Some(task), Some(track), Some(_)) = (field("taskId"), field("audioId"), &follow.save) else { return Ok(()) };
    let Some(task) = session.client.any_task(GenerateMusic::NAME, task) else { return Ok(()) };
    let report = session.interrupt.during("reading the title of the song", task.report()).await?;
    let items = report.map(|report| report.items).unwrap_or_default();
    let title = items.into_iter().find(|item| item.id.as_deref() == Some(track)).and_then(|item| item.title);
    follow.song = title.map(|title| SourceSong { title, id: track.to_owned() });
    Ok(())
}

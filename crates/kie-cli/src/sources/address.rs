//! The recording that stands for a source in requests with the address of a file.

use std::path::Path;

use kie_suno::{
    requests::{Endpoint as _, GenerateMusic},
    types::text::one_line,
};

use crate::{
    exit::ExitError,
    session::Session,
    sources::{
        recording::Recording,
        track::{KnownTrack, Source, TrackArgs},
    },
};

/// Help for an argument that can be any source.
pub(crate) const ANY_SOURCE: &str = "The source: a local file, a link, the id of a track or task, or the first characters \
                                     of an id, as kie list prints them";

/// Returns the recording that the arguments name. Also returns the title, if the service has made it.
pub(crate) async fn named_recording(
    session: &Session,
    args: &TrackArgs,
) -> Result<(Recording, Option<String>), ExitError> {
    let source = args.source(session).await?;
    let title = if let Source::Track(track) = &source { track.title.clone() } else { None };
    // A file itself is used, because a track can have several files.
    let recording = match args.source.as_deref().map(Path::new).filter(|path| path.is_file()) {
        Some(file) => Recording::File(file.to_owned()),
        None => address_of(session, source).await?,
    };
    Ok((recording, title))
}

/// Returns the recording of a source. Of a track, it is the saved file if it is still there, or else the track's own link.
pub(crate) async fn address_of(session: &Session, source: Source) -> Result<Recording, ExitError> {
    Ok(match source {
        Source::File(path) => Recording::File(path),
        Source::Link(link) => Recording::Link(link),
        Source::Track(track) => match track.song() {
            Some(file) => Recording::File(file.to_owned()),
            None => Recording::Link(link_of(session, &track).await?),
        },
    })
}

/// Returns the link of a track, from the record of its task.
pub(crate) async fn link_of(session: &Session, track: &KnownTrack) -> Result<String, ExitError> {
    let operation = track.operation.as_deref().unwrap_or(GenerateMusic::NAME);
    let route = track.route(session);
    let Some(task) = session.client.any_task_on(operation, track.task_id()?, route) else {
        return Err(ExitError::unknown_operation(operation));
    };
    let report = session.interrupt.during("reading the task", task.report()).await??;
    let item = report.items.iter().find(|item| item.id.as_deref() == Some(track.audio_id.as_str()));
    let link = item.and_then(|item| item.url.as_ref()).map(|url| url.as_str().to_owned());
    link.ok_or_else(|| {
        let id = one_line(&track.audio_id);
        ExitError::Invalid(format!(
            "the service has no link to the track {id}, and its saved file is not there: give a local file or a link"
        ))
    })
}

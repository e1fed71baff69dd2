//! Starting the task of a typed request.

use kie_suno::{AnyStart, AnyTask, requests::TaskEndpoint};
use serde_json::to_value;

use crate::{
    args::StartArgs,
    exit::ExitError,
    follow::{Cost, begin, find_song, start, try_folder},
    output::note,
    session::Session,
    sources::{KnownTrack, Recording, makes_tracks},
    spend::clear::{Cleared, clear},
};

/// Checks a request, prints its warnings and its price, starts its task and follows the task. All verbs that start a
/// task with a typed request end here. `of` is the track that the task works on, if there is one: the request is sent on
/// the route that made the track.
pub(crate) async fn spend<E: TaskEndpoint>(
    session: &Session,
    request: &E,
    of: Option<&KnownTrack>,
    options: &StartArgs,
) -> Result<(), ExitError> {
    let cleared = clear(session, request, of, options.name.as_deref()).await?;
    check_folder(session, options).await?;
    send(session, cleared, of, options).await
}

/// Does the same as [`spend`] for a request with the addresses of recordings. `set` puts the addresses into the request.
/// Local files are uploaded when everything else is checked.
pub(crate) async fn spend_on<E: TaskEndpoint>(
    session: &Session,
    mut request: E,
    recordings: &[Recording],
    set: impl Fn(&mut E, Vec<String>),
    options: &StartArgs,
) -> Result<(), ExitError> {
    set(&mut request, recordings.iter().map(|recording| recording.placeholder().to_owned()).collect());
    recordings.iter().try_for_each(|recording| recording.check_name(options.name.as_deref()))?;
    if session.global.money.dry_run && recordings.iter().any(|recording| matches!(recording, Recording::File(_))) {
        note!("https://upload.invalid/ stands for the link of an upload");
    }
    let mut cleared = clear(session, &request, None, options.name.as_deref()).await?;
    check_folder(session, options).await?;
    let mut addresses = Vec::new();
    for recording in recordings {
        addresses.push(recording.clone().address(session).await?);
    }
    set(&mut request, addresses);
    cleared.request = to_value(&request).map_err(anyhow::Error::from)?;
    send(session, cleared, None, options).await
}

/// Checks a request, prints its warnings and its price, and starts its task, like [`spend`]. Returns the task, and its
/// cost.
pub(crate) async fn spend_and_return<E: TaskEndpoint>(
    session: &Session,
    request: &E,
    of: Option<&KnownTrack>,
    options: &StartArgs,
) -> Result<(AnyTask, Option<Cost>), ExitError> {
    let cleared = clear(session, request, of, options.name.as_deref()).await?;
    check_folder(session, options).await?;
    let follow = session.follow(&options.follow)?;
    let (operation, route, cost) = (cleared.operation, cleared.route, cleared.cost);
    begin(session, operation, route, call(session, cleared, options)?, cost, follow.save.as_deref()).await
}

/// Checks the folder for the files before anything is uploaded or paid for. Nothing is saved without waiting.
async fn check_folder(session: &Session, options: &StartArgs) -> Result<(), ExitError> {
    match session.follow(&options.follow)?.save.filter(|_| !options.no_wait) {
        Some(folder) => try_folder(&folder, &session.interrupt).await,
        None => Ok(()),
    }
}

async fn send(
    session: &Session,
    cleared: Cleared,
    of: Option<&KnownTrack>,
    options: &StartArgs,
) -> Result<(), ExitError> {
    let mut follow = session.follow(&options.follow)?;
    // A song has a title of its own. What is made of a song is named after it.
    if !makes_tracks(cleared.operation) {
        follow.song = of.and_then(KnownTrack::source_song);
        if !options.no_wait {
            find_song(session, cleared.operation, cleared.route, &cleared.request, &mut follow).await?;
        }
    }
    let (operation, route, cost) = (cleared.operation, cleared.route, cleared.cost);
    let follow = Some(&follow).filter(|_| !options.no_wait);
    start(session, operation, route, call(session, cleared, options)?, cost, follow).await
}

fn call(session: &Session, cleared: Cleared, options: &StartArgs) -> Result<AnyStart, ExitError> {
    let Cleared { operation, request, .. } = cleared;
    let call = session.client.start_any(operation, request);
    let call = call.ok_or_else(|| ExitError::unknown_operation(operation))?;
    Ok(match &options.name {
        Some(name) => call.named(name),
        None => call,
    })
}

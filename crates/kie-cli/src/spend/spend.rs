//! Starting the task of a typed request.

use kie_suno::{
    Start, Task,
    records::{Job as _, Music},
    requests::TaskEndpoint,
};
use serde_json::{Value, to_value};

use crate::{
    args::StartArgs,
    exit::ExitError,
    follow::{Cost, begin, start, try_folder},
    output::note,
    session::Session,
    sources::{KnownTrack, Recording},
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
    send(session, cleared, request, of, options).await
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
    let cleared = clear(session, &request, None, options.name.as_deref()).await?;
    if let Some(folder) = session.follow(&options.follow)?.save {
        try_folder(&folder, &session.interrupt).await?;
    }
    let mut addresses = Vec::new();
    for recording in recordings {
        addresses.push(recording.clone().address(session).await?);
    }
    set(&mut request, addresses);
    send(session, cleared, &request, None, options).await
}

/// Checks a request, prints its warnings and its price, and starts its task, like [`spend`]. Returns the task, and its
/// cost.
pub(crate) async fn spend_and_return<E: TaskEndpoint>(
    session: &Session,
    request: &E,
    of: Option<&KnownTrack>,
    options: &StartArgs,
) -> Result<(Task<E::Job>, Option<Cost>), ExitError> {
    let Cleared { route, cost } = clear(session, request, of, options.name.as_deref()).await?;
    let follow = session.follow(&options.follow)?;
    let call = call(session, request, options.name.as_deref())?;
    begin::<E>(session, route, call, cost, follow.save.as_deref()).await
}

async fn send<E: TaskEndpoint>(
    session: &Session,
    Cleared { route, cost }: Cleared,
    request: &E,
    of: Option<&KnownTrack>,
    options: &StartArgs,
) -> Result<(), ExitError> {
    let mut follow = session.follow(&options.follow)?;
    // A song has a title of its own. What is made of a song is named after it.
    if E::Job::NAME != Music::NAME {
        follow.song = of.and_then(KnownTrack::named);
    }
    let call = call(session, request, options.name.as_deref())?;
    start::<E>(session, route, call, cost, Some(&follow).filter(|_| !options.no_wait)).await
}

fn call<E: TaskEndpoint>(session: &Session, request: &E, name: Option<&str>) -> Result<Start<E, Value>, ExitError> {
    let call = session.client.start_json::<E>(to_value(request).map_err(anyhow::Error::from)?);
    Ok(match name {
        Some(name) => call.named(name),
        None => call,
    })
}

//! Checking a typed request and starting its task.

use kie_suno::{
    Route, Start, Task,
    records::{Job as _, Music},
    requests::TaskEndpoint,
};
use serde_json::{Value, to_value};

use crate::{
    args::StartArgs,
    exit::ExitError,
    follow::{
        check::check,
        cost::Cost,
        start::{begin, start},
    },
    session::Session,
    sources::Track,
};

/// Checks a request, prints its warnings and its price, starts its task and follows the task. All verbs that start a
/// task with a typed request end here. `of` is the track that the task works on, if there is one: the request is sent on
/// the route that made the track.
pub(crate) async fn spend<E: TaskEndpoint>(
    session: &Session,
    request: &E,
    of: Option<&Track>,
    options: &StartArgs,
) -> Result<(), ExitError> {
    let Prepared { route, call, cost } = prepare(session, request, of, options.name.as_deref()).await?;
    let mut follow = options.follow.clone();
    // A song has a title of its own. What is made of a song is named after it.
    if E::Job::NAME != Music::NAME {
        follow.song = of.and_then(Track::named);
    }
    start::<E>(session, route, call, cost, Some(&follow).filter(|_| !options.no_wait)).await
}

/// Checks a request, prints its warnings and its price, and starts its task, like [`spend`]. Returns the task, and its
/// cost.
pub(crate) async fn spend_and_return<E: TaskEndpoint>(
    session: &Session,
    request: &E,
    of: Option<&Track>,
    options: &StartArgs,
) -> Result<(Task<E::Job>, Option<Cost>), ExitError> {
    let Prepared { route, call, cost } = prepare(session, request, of, options.name.as_deref()).await?;
    begin::<E>(session, route, call, cost, options.follow.save.as_deref()).await
}

/// A checked call that is ready to be sent.
struct Prepared<E: TaskEndpoint> {
    route: Route,
    call: Start<E, Value>,
    /// Price of the call. `None` if an earlier call with the same name has started the task.
    cost: Option<Cost>,
}

async fn prepare<E: TaskEndpoint>(
    session: &Session,
    request: &E,
    of: Option<&Track>,
    name: Option<&str>,
) -> Result<Prepared<E>, ExitError> {
    let route = check(session, request, of)?;
    let request = to_value(request).map_err(anyhow::Error::from)?;
    let is_repeated = session.check_name(name).await?;
    let cost = (!is_repeated).then(|| Cost::of(E::NAME, &request));
    let call = session.client.start_json::<E>(request);
    let call = match name {
        Some(name) => call.named(name),
        None => call,
    };
    Ok(Prepared { route, call, cost })
}

//! Checking a typed request and starting its task.

use kie_suno::requests::TaskEndpoint;
use serde_json::to_value;

use crate::{
    args::StartArgs,
    exit::ExitError,
    follow::{check::check, cost::Cost, start::start},
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
    let route = check(session, request, of)?;
    let request = to_value(request).map_err(anyhow::Error::from)?;
    let is_repeated = session.check_name(options.name.as_deref()).await?;
    let cost = (!is_repeated).then(|| Cost::of(E::NAME, &request));
    let call = session.client.start_json::<E>(request);
    let call = match &options.name {
        Some(name) => call.named(name),
        None => call,
    };
    start::<E>(session, route, call, cost, Some(&options.follow).filter(|_| !options.no_wait)).await
}

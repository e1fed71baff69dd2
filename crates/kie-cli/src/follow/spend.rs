//! Checking a typed request and starting its task.

use kie_suno::requests::{TaskEndpoint, Warning, WarningKind};
use serde_json::to_value;

use crate::{
    args::StartArgs,
    exit::ExitError,
    follow::{consent::consent, cost::Cost, start::start},
    output::{advise, relevant},
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
    let route = of.map_or(session.route, |track| track.route(session));
    // Leaves out warnings about ignored options. The commands already print these warnings, with the names of the
    // flags.
    let is_printed = |warning: &Warning| warning.kind == WarningKind::Ignored;
    let warnings = request.warnings_on(route).into_iter().filter(|warning| !is_printed(warning)).collect();
    advise(E::NAME, &relevant(warnings, session.global.is_local()));
    request.validate_on(route).map_err(ExitError::invalid)?;
    let request = to_value(request).map_err(anyhow::Error::from)?;
    let follow = options.follow.or_settings(&session.global).map_err(ExitError::Usage)?;
    let is_repeated = session.check_name(options.name.as_deref()).await?;
    let cost = (!is_repeated).then(|| Cost::of(E::NAME, &request));
    consent::<E>(session, route, &request, cost.as_ref()).await?;
    let call = session.client.start_json::<E>(request);
    let call = match &options.name {
        Some(name) => call.named(name),
        None => call,
    };
    start::<E>(session, route, call, cost, Some(&follow).filter(|_| !options.no_wait)).await
}

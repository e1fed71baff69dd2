//! Checking a typed request.

use kie_suno::{
    Route,
    requests::{Endpoint, Warning, WarningKind},
};

use crate::{
    exit::ExitError,
    output::{advise, relevant},
    session::Session,
    sources::Track,
};

/// Checks a request and prints its warnings. Returns the route on which it is to be sent: the route that made the track,
/// or the route of the command. Sends nothing.
pub(crate) fn check<E: Endpoint>(session: &Session, request: &E, of: Option<&Track>) -> Result<Route, ExitError> {
    let route = of.map_or(session.route, |track| track.route(session));
    // Leaves out warnings about ignored options. The commands already print these warnings, with the names of the
    // flags.
    let is_printed = |warning: &Warning| warning.kind == WarningKind::Ignored;
    let warnings = request.warnings_on(route).into_iter().filter(|warning| !is_printed(warning)).collect();
    advise(E::NAME, &relevant(warnings, session.global.is_local()));
    request.validate_on(route).map_err(ExitError::invalid)?;
    Ok(route)
}

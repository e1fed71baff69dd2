//! Checking a typed request.

use kie_suno::{
    Route,
    requests::{Endpoint, IgnoredField, Warning},
};

use crate::{
    exit::{ExitError, flags},
    output::{note, relevant},
    session::Session,
    sources::KnownTrack,
};

/// Checks a request and prints its warnings. Returns the route on which it is to be sent: the route that made the track,
/// or the route of the command. Sends nothing.
pub(crate) fn check<E: Endpoint>(session: &Session, request: &E, of: Option<&KnownTrack>) -> Result<Route, ExitError> {
    let route = route(session, of);
    warn(session, request.warnings_on(route), &E::ignored_on(route));
    request.validate_on(route).map_err(ExitError::invalid)?;
    Ok(route)
}

/// Returns the route for a request about this track. Warns if another route made the track.
fn route(session: &Session, of: Option<&KnownTrack>) -> Route {
    let route = of.map_or(session.route, |track| track.route(session));
    if let Some(made) = of.and_then(|track| track.route).filter(|made| *made != route) {
        note!("warning: the {made} route made this track, and this command uses the {route} route");
    }
    route
}

fn warn(session: &Session, warnings: Vec<Warning>, ignored: &[IgnoredField]) {
    for warning in relevant(warnings, session.global.is_local()) {
        note!("warning: {}", flags().advice(&warning, ignored));
    }
}

//! Clearance of a typed request: its rules, its price, and the consent to it.

use kie_suno::{Route, requests::Endpoint};
use serde_json::{Value, to_value};

use crate::{
    exit::ExitError,
    follow::Cost,
    session::Session,
    sources::KnownTrack,
    spend::{check::check, consent::consent},
};

/// A request that may be sent.
pub(crate) struct Cleared {
    pub(crate) operation: &'static str,
    pub(crate) request: Value,
    /// Route on which the request is to be sent.
    pub(crate) route: Route,
    /// Price of the call. `None` if an earlier call with the same name is repeated, which costs nothing.
    pub(crate) cost: Option<Cost>,
}

/// Checks a request, prints its warnings, and gets the consent to its price. Sends nothing to the service. `of` is the
/// track that the request is about, if there is one: the request is then sent on the route that made the track.
pub(crate) async fn clear<E: Endpoint>(
    session: &Session,
    request: &E,
    of: Option<&KnownTrack>,
    name: Option<&str>,
) -> Result<Cleared, ExitError> {
    let route = check(session, request, of)?;
    let request = to_value(request).map_err(anyhow::Error::from)?;
    let is_repeated = session.check_name(name).await?;
    let cost = (!is_repeated).then(|| Cost::of(E::NAME, &request));
    consent(session, E::NAME, route, &request, cost.as_ref()).await?;
    Ok(Cleared { operation: E::NAME, route, request, cost })
}

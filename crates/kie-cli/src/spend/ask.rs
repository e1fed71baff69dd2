//! Checking a typed request and making its call, for operations that respond with their result.

use kie_suno::{Credits, Route, files::SavedFile, requests::PaidEndpoint};
use serde::Serialize;
use serde_json::Value;

use crate::{
    args::OutputFormat,
    exit::ExitError,
    follow::{Cost, tell_next},
    output::{ProgressLine, Success, note, print_json},
    session::Session,
    sources::KnownTrack,
    spend::clear::{Cleared, clear},
};

/// Result of a call that starts no task.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Answer"))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answer<R, T = NoTexts> {
    /// Operation that was called, such as `boost-music-style`.
    pub(crate) operation: &'static str,
    /// Route on which the call was made.
    pub(crate) route: Route,
    pub(crate) outcome: Success,
    /// Response of the service, which is the result.
    pub(crate) response: R,
    // Texts that the verb makes from the response.
    #[serde(flatten)]
    pub(crate) texts: T,
    /// The saved files.
    pub(crate) files: Vec<SavedFile>,
    #[serde(flatten)]
    pub(crate) cost: Cost,
    /// Cost of the call in credits, as the response tells it. Missing if the response does not tell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) credits: Option<Credits>,
    /// Balance at the end of this command, in credits. `None` if it could not be read.
    pub(crate) credits_left: Option<Credits>,
    /// `kie` commands for the next step with the result.
    pub(crate) next: Vec<String>,
}

/// No texts beside the response.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct NoTexts {}

/// Checks a request, prints its warnings and its price, and makes its call. All verbs whose operation responds with its
/// result end here. `of` is the track that the call is about, if there is one: the request is sent on the route that
/// made the track. If the service starts a task for the call, the result is waited for.
pub(crate) async fn ask<E: PaidEndpoint>(
    session: &Session,
    request: &E,
    of: Option<&KnownTrack>,
    name: Option<&str>,
) -> Result<Answer<E::Response>, ExitError> {
    let cleared = clear(session, request, of, name).await?;
    let route = cleared.route;
    let (response, cost, credits_left) = send(session, cleared, name).await?;
    let response = serde_json::from_value(response).map_err(anyhow::Error::from)?;
    Ok(Answer {
        operation: E::NAME,
        route,
        outcome: Success::Success,
        response,
        texts: NoTexts {},
        files: Vec::new(),
        cost,
        credits: None,
        credits_left,
        next: Vec::new(),
    })
}

/// Makes the call of a request that may be sent. Returns the response, the cost of the call, and the balance after it.
async fn send(
    session: &Session,
    cleared: Cleared,
    name: Option<&str>,
) -> Result<(Value, Cost, Option<Credits>), ExitError> {
    let Cleared { operation, route, request, cost: listed } = cleared;
    let mut cost = Cost::default();
    let progress = ProgressLine::new("reading the balance");
    if let Some(listed) = listed {
        cost = Cost { before: session.interrupt.during("reading the balance", session.balance()).await?, ..listed };
        cost.tell();
    }
    let call = session.client.call_any(operation, request);
    let call = call.ok_or_else(|| ExitError::unknown_operation(operation))?.route(route);
    let call = match name {
        Some(name) => call.named(name),
        None => call,
    };
    progress.doing("sending");
    let response = session.submit(operation, route, None, call).await?;
    drop(progress);
    Ok((response, cost, session.balance().await))
}

impl<R> Answer<R> {
    /// Adds texts that were made from the response.
    pub(crate) fn with_texts<T>(self, texts: T) -> Answer<R, T> {
        let Self { operation, route, outcome, response, texts: NoTexts {}, files, cost, credits, credits_left, next } =
            self;
        Answer { operation, route, outcome, response, texts, files, cost, credits, credits_left, next }
    }
}

impl<R: Serialize, T: Serialize> Answer<R, T> {
    /// Prints the answer as JSON, or with `print` as text. The text on standard output is the result alone, so that
    /// other programs can read it. The cost and the next commands are then printed on standard error.
    pub(crate) fn print(&self, format: OutputFormat, print: impl FnOnce(&Self)) -> Result<(), ExitError> {
        if format == OutputFormat::Json {
            return Ok(print_json(self)?);
        }
        print(self);
        if let Some(line) = self.cost.line(self.credits, self.credits_left) {
            note!("{line}");
        }
        tell_next(&self.next);
        Ok(())
    }
}

//! The service: it takes songs from its users, checks requests to any operation, and receives the callbacks of KIE.

use std::{sync::Arc, time::SystemTime};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use kie_types::{
    GenerateMusic, GetMusicDetails, Invalid, Music, MusicRecord, Started, Violation, Warning, catalog, check,
    signature::Verifier,
};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::{
    Failure,
    kie::Kie,
    openapi,
    store::{Received, Store},
};

pub(crate) struct App {
    pub(crate) kie: Kie,
    pub(crate) store: Store,
    pub(crate) verifier: Verifier,
    /// Address at which KIE reaches the route `/kie` of this service.
    pub(crate) call_back_url: String,
}

/// Result of the check of a request. A request without broken rules is valid.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Checkup {
    /// Broken rules.
    broken: Vec<Violation>,
    /// Probable mistakes that break no rule.
    warnings: Vec<Warning>,
}

pub(crate) fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/songs", post(order))
        .route("/songs/{task}", get(song))
        .route("/checks/{operation}", post(checkup))
        .route("/kie", post(call_back))
        .route("/openapi.json", get(async || Json(openapi::document())))
        .with_state(app)
}

/// Stores the request of a user, and starts the song.
async fn order(State(app): State<Arc<App>>, Json(body): Json<Value>) -> Result<Json<Started<Music>>, Problem> {
    let mut song = check::<GenerateMusic>(&body).result?;
    song.call_back_url = Some(app.call_back_url.clone());
    let number = app.store.ordered(serde_json::to_string(&song).map_err(Failure::from)?);
    let started = app.kie.call(&song).await?;
    app.store.started(number, started.task_id.to_string());
    Ok(Json(started))
}

/// Returns the record of a song. The record has the same names as the response of KIE.
async fn song(State(app): State<Arc<App>>, Path(task): Path<String>) -> Result<Json<MusicRecord>, Problem> {
    let record = app.kie.call(&GetMusicDetails::new(task)).await?;
    record.map(Json).ok_or_else(|| Problem::Unknown("there is no such song".into()))
}

/// Checks a request to any operation, by the name of the operation. Nothing is sent.
async fn checkup(Path(operation): Path<String>, Json(body): Json<Value>) -> Result<Json<Checkup>, Problem> {
    let checked = catalog::check_named(&operation, &body).map_err(|error| Problem::Unknown(error.to_string()))?;
    let broken = checked.result.err().map(|invalid| invalid.violations().to_vec());
    Ok(Json(Checkup { broken: broken.unwrap_or_default(), warnings: checked.warnings }))
}

/// Receives the callbacks of all operations, and stores those that KIE has signed. The signature does not cover the
/// body. So a service that acts on a callback looks the task up first, as `song` does.
async fn call_back(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| headers.get(name)?.to_str().ok();
    match app.verifier.verify_callback(header, &body, SystemTime::now()) {
        Ok(verified) => {
            let kind = verified.unverified_claims().ok().and_then(|callback| callback.job());
            app.store.received(Received { task_id: verified.task_id().to_owned(), kind, body: body.to_vec() });
            StatusCode::OK
        }
        Err(error) => StatusCode::from_u16(error.http_status()).unwrap_or(StatusCode::BAD_REQUEST),
    }
}

/// Reason why the service cannot fulfil a request of a user.
enum Problem {
    Invalid(Invalid),
    Unknown(String),
    /// KIE refused the call, or it was not reached.
    Kie(Failure),
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid)
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self::Kie(failure)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        match self {
            Self::Invalid(invalid) => {
                let checkup = Checkup { broken: invalid.violations().to_vec(), warnings: Vec::new() };
                (StatusCode::UNPROCESSABLE_ENTITY, Json(checkup)).into_response()
            }
            Self::Unknown(what) => (StatusCode::NOT_FOUND, what).into_response(),
            Self::Kie(failure) => (StatusCode::BAD_GATEWAY, failure.to_string()).into_response(),
        }
    }
}

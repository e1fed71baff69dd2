//! The web server that receives callbacks, with the receiver of kie-suno behind a recorder.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context as _;
use axum::{
    Router,
    body::{Body as AxumBody, to_bytes},
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use kie_sandbox::cassette::{Cassette, Recorder};
use kie_suno::{
    HttpService,
    callbacks::{Receiver, WebhookKey},
    transport::{self, Body, bytes::Bytes, http},
};
use serde_json::Value;
use tokio::{net::TcpListener, time::sleep};

/// Maximum size of a callback, in bytes.
const LARGEST: usize = 4 << 20;
/// Maximum time to wait for the last callback of a task.
const LONGEST: Duration = Duration::from_secs(30);

/// The callbacks that were received in this run.
#[derive(Clone)]
pub(crate) struct Callbacks {
    pub(crate) receiver: Receiver,
    recorder: Recorder,
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// A callback, as it was received.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) query: String,
    pub(crate) is_signed: bool,
    pub(crate) body: Value,
}

impl Callbacks {
    /// Listens on this address. The variable `KIE_WEBHOOK_KEY` is the key that verifies callbacks.
    pub(crate) async fn listen(address: SocketAddr) -> anyhow::Result<Self> {
        let receiver = match std::env::var("KIE_WEBHOOK_KEY") {
            Ok(key) => Receiver::new(WebhookKey::new(key)),
            Err(_) => Receiver::unsigned(),
        };
        let behind = receiver.clone();
        let recorder = Recorder::new(move |request: http::Request<Body>| receive(behind.clone(), request)).keep_texts();
        let callbacks = Self { receiver, recorder, seen: Arc::default() };
        let listener =
            TcpListener::bind(address).await.with_context(|| format!("{address} cannot be used (--listen)"))?;
        let app = Router::new().fallback(handle).with_state(callbacks.clone());
        tokio::spawn(async { axum::serve(listener, app).await });
        Ok(callbacks)
    }

    /// Returns the callbacks of this task, in the order in which they came.
    pub(crate) fn of(&self, task: &str) -> Vec<Seen> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.iter().filter(|seen| seen.body.to_string().contains(task)).cloned().collect()
    }

    /// Waits until the last callback of this task has come, or until it does not come any more.
    pub(crate) async fn settled(&self, task: &str) {
        let step = Duration::from_millis(100);
        let mut waited = Duration::ZERO;
        while waited < LONGEST && !self.of(task).iter().any(is_last) {
            sleep(step).await;
            waited += step;
        }
    }

    pub(crate) fn cassette(&self) -> Cassette {
        self.recorder.cassette()
    }
}

/// Tells if no callback comes after this one. A callback without a stage is the only one of its task.
fn is_last(seen: &Seen) -> bool {
    let stage = seen.body.pointer("/data/callbackType").and_then(Value::as_str);
    !matches!(stage, Some("text" | "first"))
}

/// Passes a callback of the recorder to the receiver.
async fn receive(receiver: Receiver, request: http::Request<Body>) -> Result<http::Response<Bytes>, transport::Error> {
    let (parts, body) = request.into_parts();
    let body = body.whole(LARGEST, Duration::from_secs(10)).await?;
    let status = receiver.receive(parts.uri.query(), &parts.headers, &body).await;
    let mut response = http::Response::new(Bytes::from_static(br#"{"status":"received"}"#));
    *response.status_mut() = status;
    Ok(response)
}

async fn handle(State(callbacks): State<Callbacks>, request: Request) -> Result<Response, StatusCode> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, LARGEST).await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    let seen = Seen {
        query: parts.uri.query().unwrap_or_default().to_owned(),
        is_signed: parts.headers.contains_key("x-webhook-signature"),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    };
    callbacks.seen.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
    let request = http::Request::from_parts(parts, Body::from(body));
    let response = callbacks.recorder.call(request).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(response.map(AxumBody::new))
}

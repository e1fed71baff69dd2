//! The servers that are compared: a server that is written by hand, the SDK's receiver, and axum. All of them receive
//! the same callbacks.

use std::{
    convert::Infallible,
    time::{Duration, SystemTime},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper::{
    body::Incoming,
    rt::{Read, Write},
    server::conn::http1,
    service::service_fn,
};
use kie_suno::{
    callbacks::{Receiver, ReceiverService, WebhookKey},
    types::signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER},
};
use sha2::Sha256;

use crate::{canned, rigid};

const KEY: &str = "not-a-webhook-key";
/// Maximum difference between the timestamp of a callback and the current time, in seconds.
const TOLERANCE: u64 = 300;
const RECEIVED: &str = r#"{"status":"received"}"#;

/// Names of the servers that are compared. Instructions are compared with those of `hand`. The callbacks per second of
/// `receiver` are compared with those of each other server.
pub(crate) const KINDS: &[&str] =
    if cfg!(feature = "full") { &["hand", "receiver", "axum"] } else { &["hand", "receiver"] };

/// A server that is measured.
#[derive(Clone)]
pub(crate) enum CallbackServer {
    /// A server written by hand with hyper, fixed structs and a check of the signature.
    Hand(Signed),
    /// The SDK's receiver. No program reads the stream of its callbacks, so a callback only wakes the code that waits
    /// for the task.
    Receiver(ReceiverService),
    /// axum with its JSON extractor.
    #[cfg(feature = "full")]
    Axum(axum::Router),
}

impl CallbackServer {
    pub(crate) fn named(kind: &str) -> anyhow::Result<Self> {
        match kind {
            "hand" => Ok(Self::Hand(Signed::new())),
            "receiver" => Ok(Self::Receiver(Receiver::new(WebhookKey::new(KEY)).service())),
            #[cfg(feature = "full")]
            "axum" => Ok(Self::Axum(axum_router())),
            other => anyhow::bail!("no receiver is named {other}"),
        }
    }

    /// Serves one connection until the connection ends.
    pub(crate) async fn serve(&self, stream: impl Read + Write + Unpin + Send + 'static) -> hyper::Result<()> {
        let http = http1::Builder::new();
        match self {
            Self::Hand(signed) => http.serve_connection(stream, service_fn(|request| signed.receive(request))).await,
            Self::Receiver(service) => http.serve_connection(stream, service.clone()).await,
            #[cfg(feature = "full")]
            Self::Axum(router) => {
                let service = hyper_util::service::TowerToHyperService::new(router.clone());
                http.serve_connection(stream, service).await
            }
        }
    }
}

/// Checks the signatures of callbacks with this HMAC, as an application without the SDK does.
#[derive(Clone)]
pub(crate) struct Signed(Hmac<Sha256>);

impl Signed {
    fn new() -> Self {
        // HMAC accepts keys of any length, so `new_from_slice` does not fail.
        Self(Hmac::new_from_slice(KEY.as_bytes()).unwrap_or_else(|_| Hmac::new(&Default::default())))
    }

    fn is_by_account(&self, headers: &HeaderMap, task: &str) -> bool {
        let text = |name| headers.get(name)?.to_str().ok();
        let (Some(time), Some(signature)) = (text(TIMESTAMP_HEADER), text(SIGNATURE_HEADER)) else { return false };
        let mut said = [0; 33];
        let Ok(length) = BASE64_STANDARD.decode_slice(signature, &mut said) else { return false };
        let mut mac = self.0.clone();
        mac.update(task.as_bytes());
        mac.update(b".");
        mac.update(time.as_bytes());
        let is_now = time.parse().is_ok_and(|time: u64| now().abs_diff(time) <= TOLERANCE);
        is_now && mac.verify_slice(&said[..length]).is_ok()
    }

    async fn receive(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
        let (head, body) = request.into_parts();
        let mut response = Response::new(Full::default());
        *response.status_mut() = match body.collect().await {
            Err(_) => StatusCode::BAD_REQUEST,
            Ok(body) => match serde_json::from_slice::<rigid::Envelope<rigid::Callback>>(&body.to_bytes()) {
                Ok(rigid::Envelope { data: Some(callback), .. })
                    if self.is_by_account(&head.headers, &callback.task_id) =>
                {
                    StatusCode::OK
                }
                Ok(_) => StatusCode::UNAUTHORIZED,
                Err(_) => StatusCode::BAD_REQUEST,
            },
        };
        if response.status() == StatusCode::OK {
            *response.body_mut() = Full::from(RECEIVED);
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        Ok(response)
    }
}

#[cfg(feature = "full")]
fn axum_router() -> axum::Router {
    use axum::{Json, extract::State, http::header::CONTENT_TYPE, routing::post};

    async fn receive(
        State(signed): State<Signed>,
        headers: HeaderMap,
        Json(callback): Json<rigid::Envelope<rigid::Callback>>,
    ) -> Result<([(http::HeaderName, &'static str); 1], &'static str), StatusCode> {
        let data = callback.data.filter(|data| signed.is_by_account(&headers, &data.task_id));
        data.map(|_| ([(CONTENT_TYPE, "application/json")], RECEIVED)).ok_or(StatusCode::UNAUTHORIZED)
    }

    axum::Router::new().route("/kie", post(receive)).with_state(Signed::new())
}

fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO).as_secs()
}

/// Returns the bytes of `count` signed callbacks. Each callback is about another task, and the tasks are numbered from
/// `first`.
pub(crate) fn requests(first: usize, count: usize) -> Vec<Bytes> {
    let (key, time) = (WebhookKey::new(KEY), now().to_string());
    let request = |number: usize| {
        let task = format!("{number:032x}");
        let (body, signature) = (canned::callback(&task), key.sign(&task, &time));
        let length = body.len();
        let head = format!(
            "POST /kie HTTP/1.1\r\nhost: music.example\r\nuser-agent: okhttp/4.9.3\r\naccept: */*\r\n\
             content-type: application/json\r\n{TIMESTAMP_HEADER}: {time}\r\n{SIGNATURE_HEADER}: {signature}\r\n\
             content-length: {length}\r\n\r\n"
        );
        Bytes::from(head + &body)
    };
    (first..first + count).map(request).collect()
}

/// Returns `true` if these bytes are the response to a callback that was accepted.
pub(crate) fn is_received(answer: &[u8]) -> bool {
    answer.starts_with(b"HTTP/1.1 200 ") && answer.ends_with(RECEIVED.as_bytes())
}

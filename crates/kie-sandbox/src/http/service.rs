//! Handles an HTTP request and returns the HTTP response.

use std::{future, io, sync::Arc};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header, request::Parts};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use kie_types::{Host, OPENAPI};
use serde_json::Value;
use tokio::time::Instant;

use crate::{
    account::{Received, SandboxInner},
    callbacks,
    media::{direct_link, served},
    operations::{self, IncomingCall, OperationResult, Refused, Route},
    script::Fault,
};

use super::{
    files::{self, FILES},
    form::{self, ReceivedForm},
    query, response,
};

/// Path of the OpenAPI document. The hosts of the real service have no such document.
const OPENAPI_PATH: &str = "/openapi.json";

/// Maximum size of a request body in bytes. A form has the larger maximum [`FORM`], because it contains a file.
const BODY: usize = 16 << 20;
const FORM: usize = 256 << 20;

/// Handles a request. If this function returns an error, the connection is closed without a response.
pub(crate) async fn serve(inner: Arc<SandboxInner>, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
    let (head, body) = request.into_parts();
    let limit = if head.headers.get(header::CONTENT_TYPE).is_some_and(is_form) { FORM } else { BODY };
    let body = match Limited::new(body, limit).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            return Ok(response::page(StatusCode::PAYLOAD_TOO_LARGE).map(Full::new));
        }
        Err(error) => return Err(io::Error::other(error)),
    };
    let body = match form::read(&head.headers, &body) {
        Some(form) => Body::ReceivedForm(form),
        None => Body::read(&body),
    };
    let route = operations::find(&head.method, head.uri.path());
    let (fault, pause) = match inner.account().receive(received(&inner, &head, route, &body)) {
        Some(Fault::RetryAfter { pause, fault }) => (Some(*fault), Some(pause)),
        fault => (fault, None),
    };
    let mut answer = match &fault {
        Some(Fault::Refuse { http_status, code, msg }) => {
            response::envelope(status(*http_status), Err(Refused::new(*code, msg)))
        }
        Some(Fault::ErrorPage { http_status }) => response::page(status(*http_status)),
        _ => respond(&inner, &head, route, body),
    };
    if let Some(pause) = pause {
        answer.headers_mut().insert(header::RETRY_AFTER, pause.as_secs().into());
    }
    match fault {
        Some(Fault::DropResponse) => Err(io::ErrorKind::ConnectionAborted.into()),
        Some(Fault::HalfBody) => Ok(answer.map(|body| Full::new(body.slice(..body.len() / 2)))),
        Some(Fault::EmptyBody) => Ok(answer.map(|_| Full::default())),
        Some(Fault::RefuseStarted { code, msg }) => Ok(answer.map(|body| Full::new(refused(&body, code, msg)))),
        Some(Fault::Hang) => future::pending().await,
        _ => Ok(answer.map(Full::new)),
    }
}

/// Returns the body with another code and message.
fn refused(body: &[u8], code: i64, msg: String) -> Bytes {
    let mut body: Value = serde_json::from_slice(body).unwrap_or_default();
    (body["code"], body["msg"]) = (code.into(), msg.into());
    body.to_string().into()
}

fn is_form(content_type: &HeaderValue) -> bool {
    content_type.as_bytes().starts_with(b"multipart/form-data")
}

/// Body of a request.
enum Body {
    Empty,
    ReceivedForm(ReceivedForm),
    Json(Value),
    Text(String),
}

impl Body {
    fn read(bytes: &[u8]) -> Self {
        if bytes.is_empty() {
            return Self::Empty;
        }
        match serde_json::from_slice(bytes) {
            Ok(json) => Self::Json(json),
            Err(_) => Self::Text(String::from_utf8_lossy(bytes).into_owned()),
        }
    }
}

fn received(inner: &SandboxInner, head: &Parts, route: Option<&Route>, body: &Body) -> Received {
    let path = head.uri.path();
    let operation = match route {
        Some(route) => route.operation.name,
        None if served::is_file(path) => FILES,
        None => "",
    };
    Received {
        operation,
        method: head.method.to_string(),
        path: head.uri.path_and_query().map_or(path, |path| path.as_str()).to_owned(),
        body: match body {
            Body::Empty => head.uri.query().map_or(Value::Null, query::fields),
            Body::Json(json) => json.clone(),
            Body::ReceivedForm(form) => form.fields.clone(),
            Body::Text(text) => Value::String(text.clone()),
        },
        bearer: bearer(&head.headers).is_some(),
        at: inner.clock.age(Instant::now()),
    }
}

fn respond(inner: &Arc<SandboxInner>, head: &Parts, route: Option<&Route>, body: Body) -> Response<Bytes> {
    let path = head.uri.path();
    if served::is_file(path) {
        let now = Instant::now();
        if direct_link::is_over(&query::fields(head.uri.query().unwrap_or_default()), inner.clock.seconds(now)) {
            return response::page(StatusCode::FORBIDDEN);
        }
        return files::serve(&inner.account(), &head.method, path, &head.headers, now);
    }
    if path == OPENAPI_PATH && head.method == http::Method::GET {
        return response::file("application/json", OPENAPI);
    }
    let Some(route) = route else {
        return response::envelope(StatusCode::NOT_FOUND, Err(Refused::new(404, "Not Found")));
    };
    match route.operation.host {
        Host::Upload => response::upload_envelope(operate(inner, head, route, body)),
        _ => response::envelope(StatusCode::OK, operate(inner, head, route, body)),
    }
}

fn operate(inner: &Arc<SandboxInner>, head: &Parts, route: &Route, body: Body) -> OperationResult {
    let key = bearer(&head.headers).unwrap_or_default();
    if key.is_empty() || inner.api_key.as_ref().is_some_and(|expected| key != expected) {
        return Err(match route.operation.host {
            Host::Upload => Refused::new(401, "Authentication failed: Invalid API Key"),
            _ => Refused::unauthorised(),
        });
    }
    let mut file = None;
    let fields = match body {
        Body::ReceivedForm(form) => {
            file = form.file;
            form.fields
        }
        _ if head.method == http::Method::GET => query::fields(head.uri.query().unwrap_or_default()),
        Body::Json(json) => json,
        Body::Empty | Body::Text(_) => return Err(Refused::new(400, "The request body is not JSON")),
    };
    let host = head.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let mut account = inner.account();
    let mut call = IncomingCall {
        operation: route.operation.name,
        price: route.operation.price.map(|price| price.credits).unwrap_or_default(),
        fields,
        file,
        host: host.unwrap_or("localhost"),
        now: Instant::now(),
        clock: inner.clock,
        speed: inner.speed,
        account: &mut account,
        started: None,
    };
    let answer = (route.serve)(&mut call);
    if let Some(task) = call.started {
        tokio::spawn(callbacks::follow(Arc::clone(inner), task));
    }
    answer
}

/// Returns the bearer token of a request. The token may be empty.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim();
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// Returns the status `number`, or 500 if `number` is not a valid status.
fn status(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

//! Handles an HTTP request and returns the HTTP response.

use std::{future, io, sync::Arc};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, header, request::Parts};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use kie_types::Host;
use serde_json::Value;
use tokio::time::Instant;

use crate::{
    account::{Received, SandboxInner, changes},
    callbacks, control, market,
    media::direct_link,
    operations::{IncomingCall, OperationResult, Refused},
    script::Fault,
};

use super::{body::Body, files, query, report::Report, response, target::Target};

/// Handles a request. If this function returns an error, the connection is closed without a response.
pub(crate) async fn serve(inner: Arc<SandboxInner>, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
    let (head, body) = request.into_parts();
    let (method, path) = (&head.method, head.uri.path());
    let body = match Limited::new(body, Body::limit(&head.headers)).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            let response = response::page(StatusCode::PAYLOAD_TOO_LARGE);
            let target = Target::find(&inner, method, path, &Value::Null);
            Report::new(&head, target.name(), &Value::Null).tell(&inner, Some(&response));
            return Ok(response.map(Full::new));
        }
        Err(error) => return Err(io::Error::other(error)),
    };
    if let Some(answer) = control::serve(&inner, method, path, &body) {
        return Ok(response::control(answer).map(Full::new));
    }
    let body = Body::read(&head.headers, &body);
    let fields = body.fields(&head);
    let target = Target::find(&inner, method, path, &fields);
    let received = received(&inner, &head, &target, fields);
    let mut report = Report::new(&head, received.operation, &received.body);
    report.market = target.market_operation();
    let fault = inner.account().receive(received);
    report.fault(fault.as_ref());
    let (fault, pause) = match fault {
        Some(Fault::RetryAfter { pause, fault }) => (Some(*fault), Some(pause)),
        fault => (fault, None),
    };
    let mut answer = match &fault {
        Some(Fault::Refuse { http_status, code, msg }) => {
            response::envelope(status(*http_status), Err(Refused::new(*code, msg)))
        }
        Some(Fault::ErrorPage { http_status }) => response::page(status(*http_status)),
        _ => respond(&inner, &head, &target, body, &mut report),
    };
    if let Some(pause) = pause {
        answer.headers_mut().insert(header::RETRY_AFTER, pause.as_secs().into());
    }
    let answer = with_fault(answer, fault.as_ref(), method);
    let started = report.started.clone();
    report.tell(&inner, answer.as_ref());
    if let Some(task) = started {
        if inner.observer.is_some() {
            tokio::spawn(changes::tell(Arc::clone(&inner), Arc::clone(&task)));
        }
        tokio::spawn(callbacks::follow(inner, task));
    }
    match answer {
        Some(answer) => Ok(answer.map(Full::new)),
        None if fault == Some(Fault::Hang) => future::pending().await,
        None => Err(io::ErrorKind::ConnectionAborted.into()),
    }
}

/// Returns the response as the fault changes it. Returns `None` if no response is sent.
fn with_fault(answer: Response<Bytes>, fault: Option<&Fault>, method: &Method) -> Option<Response<Bytes>> {
    Some(match fault {
        Some(Fault::DropResponse | Fault::Hang) => return None,
        Some(Fault::HalfBody) => answer.map(|body| body.slice(..body.len() / 2)),
        Some(Fault::EmptyBody) => answer.map(|_| Bytes::new()),
        Some(Fault::RefuseStarted { code, msg }) => answer.map(|body| refused(&body, *code, msg)),
        Some(Fault::NoTaskId) if method == Method::POST => damaged(answer, market::no_task_id),
        Some(Fault::BrokenEcho) => damaged(answer, market::broken_echo),
        Some(Fault::DamagedResult) => damaged(answer, market::damaged_result),
        _ => answer,
    })
}

/// Returns the body with another code and message.
fn refused(body: &[u8], code: i64, msg: &str) -> Bytes {
    let mut body: Value = serde_json::from_slice(body).unwrap_or_default();
    (body["code"], body["msg"]) = (code.into(), msg.into());
    body.to_string().into()
}

/// Returns the response with a damaged body. A response that the damage does not concern is not changed.
fn damaged(answer: Response<Bytes>, damage: fn(&[u8]) -> Option<Bytes>) -> Response<Bytes> {
    answer.map(|body| damage(&body).unwrap_or(body))
}

fn received(inner: &SandboxInner, head: &Parts, target: &Target, fields: Value) -> Received {
    let path = head.uri.path();
    Received {
        operation: target.name(),
        method: head.method.to_string(),
        path: head.uri.path_and_query().map_or(path, |path| path.as_str()).to_owned(),
        body: fields,
        bearer: bearer(&head.headers).is_some(),
        fault: None,
        at: inner.clock.age(Instant::now()),
    }
}

/// Handles a request that no fault prevents. Adds the task that the request starts, and its price, to the report.
fn respond(inner: &SandboxInner, head: &Parts, target: &Target, body: Body, report: &mut Report) -> Response<Bytes> {
    match target {
        Target::Classic(_) | Target::Market(_) => {}
        Target::File => {
            let now = Instant::now();
            if direct_link::is_over(&query::fields(head.uri.query().unwrap_or_default()), inner.clock.seconds(now)) {
                return response::page(StatusCode::FORBIDDEN);
            }
            return files::serve(&inner.account(), &head.method, head.uri.path(), &head.headers, now);
        }
        Target::Document(document) => return response::file("application/json", document.clone()),
        Target::NotAllowed(methods) => return response::not_allowed(methods),
        Target::Unknown => return response::envelope(StatusCode::NOT_FOUND, Err(Refused::new(404, "Not Found"))),
    }
    let result = operate(inner, head, target, body, report);
    match target.operation().map(|operation| operation.host) {
        Some(Host::Upload) => response::upload_envelope(result),
        _ => response::envelope(StatusCode::OK, result),
    }
}

fn operate(inner: &SandboxInner, head: &Parts, target: &Target, body: Body, report: &mut Report) -> OperationResult {
    let key = bearer(&head.headers).unwrap_or_default();
    if key.is_empty() || inner.api_key.as_ref().is_some_and(|expected| key != expected) {
        return Err(match target.operation().map(|operation| operation.host) {
            Some(Host::Upload) => Refused::new(401, "Authentication failed: Invalid API Key"),
            _ => Refused::unauthorised(),
        });
    }
    let mut file = None;
    let fields = match body {
        Body::ReceivedForm(form) => {
            file = form.file;
            form.fields
        }
        _ if head.method == Method::GET => query::fields(head.uri.query().unwrap_or_default()),
        Body::Json(json) => json,
        Body::Empty | Body::Text(_) => return Err(Refused::new(400, "The request body is not JSON")),
    };
    let host = head.headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let mut account = inner.account();
    let (now, behaviour) = (Instant::now(), account.behaviour);
    if let Some((limit, code)) = target.limited().filter(|_| behaviour.rate_limits)
        && !account.rates.admit(limit, now)
    {
        return Err(Refused::by_code(code));
    }
    let before = inner.observer.as_ref().map(|_| account.balance(now));
    let operation = target.operation();
    let mut call = IncomingCall {
        operation: operation.map_or("", |operation| operation.name),
        price: operation.and_then(|operation| operation.price).map(|price| price.credits).unwrap_or_default(),
        fields,
        file,
        host: host.unwrap_or("localhost"),
        now,
        clock: inner.clock,
        speed: behaviour.speed,
        settings: behaviour.market,
        market: None,
        account: &mut account,
        started: None,
    };
    let answer = match target {
        Target::Classic(served) => (served.serve)(&mut call),
        Target::Market(market) => market.serve(&mut call),
        _ => return Err(Refused::new(404, "Not Found")),
    };
    report.started = call.started;
    report.charged = before.map(|before| before - account.balance(now));
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

//! HTTP responses.

use bytes::Bytes;
use http::{
    HeaderValue, Method, Response, StatusCode,
    header::{ALLOW, CONTENT_TYPE},
};
use serde_json::json;

use crate::{
    control::ControlAnswer,
    operations::{OperationResult, Refused},
};

/// Returns the result of an operation in an envelope: a JSON object with `code`, `msg` and `data`. A refusal has its
/// own body. The live service sends HTTP 200, also for refusals.
pub(crate) fn envelope(status: StatusCode, answer: OperationResult) -> Response<Bytes> {
    let body = match answer {
        Ok(data) => json!({ "code": 200, "msg": "success", "data": data }),
        Err(refused) => refused.into_body(),
    };
    body_of(status, "application/json;charset=UTF-8", body.to_string())
}

/// Returns the result of an operation of the upload host. Its envelope also has the key `success`. Refusals of the
/// upload host have no `data`, and the HTTP status of a refusal is its code.
pub(crate) fn upload_envelope(answer: OperationResult) -> Response<Bytes> {
    let body = match answer {
        Ok(data) => json!({ "success": true, "code": 200, "msg": "File uploaded successfully", "data": data }),
        Err(refused) => {
            let refusal = refused.into_body();
            json!({ "success": false, "code": refusal["code"], "msg": refusal["msg"] })
        }
    };
    let code = body["code"].as_u64().and_then(|code| u16::try_from(code).ok());
    let status = code.and_then(|code| StatusCode::from_u16(code).ok()).unwrap_or(StatusCode::OK);
    body_of(status, "application/json", body.to_string())
}

/// Returns the response to a request with another method than these. How the live service refuses it is not known.
pub(crate) fn not_allowed(methods: &[Method]) -> Response<Bytes> {
    let refused = Err(Refused::new(405, "Method Not Allowed"));
    allowing(methods, envelope(StatusCode::METHOD_NOT_ALLOWED, refused))
}

/// Adds the header `Allow` with these methods.
pub(crate) fn allowing(methods: &[Method], mut response: Response<Bytes>) -> Response<Bytes> {
    let methods: Vec<_> = methods.iter().map(Method::as_str).collect();
    if let Ok(methods) = HeaderValue::from_str(&methods.join(", ")) {
        response.headers_mut().insert(ALLOW, methods);
    }
    response
}

/// Returns the response to a request to the sandbox itself.
pub(crate) fn control(answer: ControlAnswer) -> Response<Bytes> {
    let json = |status, json: String| body_of(status, "application/json", json);
    match answer {
        ControlAnswer::Done(result) => json(StatusCode::OK, result),
        ControlAnswer::Refused(reason) => json(StatusCode::BAD_REQUEST, reason),
        ControlAnswer::NotAllowed(methods) => not_allowed(methods),
        ControlAnswer::Unknown => envelope(StatusCode::NOT_FOUND, Err(Refused::new(404, "Not Found"))),
    }
}

/// Returns an HTML error page like the error pages of proxies and file hosts.
pub(crate) fn page(status: StatusCode) -> Response<Bytes> {
    let reason = status.canonical_reason().unwrap_or("Error");
    let title = format!("{} {reason}", status.as_str());
    let page = format!("<html>\n<head><title>{title}</title></head>\n<body><h1>{title}</h1></body>\n</html>\n");
    body_of(status, "text/html", page)
}

/// Returns a response with a file.
pub(crate) fn file(content_type: &'static str, bytes: impl Into<Bytes>) -> Response<Bytes> {
    body_of(StatusCode::OK, content_type, bytes)
}

fn body_of(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

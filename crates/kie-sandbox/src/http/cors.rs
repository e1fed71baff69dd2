//! Requests of pages in a browser, which are on other origins than the sandbox.

use std::{io, sync::Arc};

use bytes::Bytes;
use http::{
    HeaderValue, Method, Request, Response, StatusCode,
    header::{
        ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
        ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
        ACCESS_CONTROL_REQUEST_METHOD,
    },
};
use http_body_util::Full;
use hyper::body::Incoming;

use crate::account::SandboxInner;

use super::service;

const ANY: HeaderValue = HeaderValue::from_static("*");
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, DELETE");
/// Seconds for which a browser may keep the response to a preflight.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// Handles a request, as [`service::serve`] does. If pages of other origins are allowed, responds to the preflights of
/// browsers, and allows these pages to read every response. A preflight is not recorded.
pub(super) async fn serve(inner: Arc<SandboxInner>, request: Request<Incoming>) -> io::Result<Response<Full<Bytes>>> {
    if !inner.cors {
        return service::serve(inner, request).await;
    }
    let is_preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if is_preflight { preflight(&request) } else { service::serve(inner, request).await? };
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, ANY);
    Ok(response)
}

fn preflight(request: &Request<Incoming>) -> Response<Full<Bytes>> {
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    // For browsers, `*` does not contain the header `Authorization`, so the requested names are repeated.
    if let Some(requested) = request.headers().get(ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, requested.clone());
    }
    response
}

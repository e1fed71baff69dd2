//! The simulated file host, which serves results and uploads.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header::USER_AGENT};
use tokio::time::Instant;

use crate::{account::Account, media::served};

use super::response;

const METHODS: [Method; 2] = [Method::GET, Method::HEAD];

/// Handles a request for a file. The request needs no API key, but it needs a `User-Agent` that is not empty. The real
/// file host has the same rules.
pub(crate) fn serve(
    account: &Account,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
    now: Instant,
) -> Response<Bytes> {
    if headers.get(USER_AGENT).is_none_or(HeaderValue::is_empty) {
        return response::page(StatusCode::FORBIDDEN);
    }
    if !METHODS.contains(method) {
        return response::allowing(&METHODS, response::page(StatusCode::METHOD_NOT_ALLOWED));
    }
    match served::find(account, path, now) {
        Some(file) => response::file(file.content_type, file.bytes),
        None => response::page(StatusCode::NOT_FOUND),
    }
}

//! The file host.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header::USER_AGENT};
use tokio::time::Instant;

use crate::{account::Account, media::served};

use super::response;

/// Name of requests for files in [`Sandbox::requests`](crate::Sandbox::requests) and
/// [`Sandbox::fault`](crate::Sandbox::fault).
pub const FILES: &str = "files";

/// Handles a request for a file. It needs no key, but a non-empty `User-Agent`, like the real file host.
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
    if method != Method::GET && method != Method::HEAD {
        return response::page(StatusCode::METHOD_NOT_ALLOWED);
    }
    match served::find(account, path, now) {
        Some(file) => response::file(file.content_type, file.bytes),
        None => response::page(StatusCode::NOT_FOUND),
    }
}

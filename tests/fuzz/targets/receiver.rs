//! HTTP requests to the receiver of callbacks.

use std::time::{Duration, SystemTime};

use http_body_util::{BodyExt as _, Full};
use kie_suno::{
    callbacks::{Delivery, Receiver, WebhookKey},
    transport::{
        bytes::Bytes,
        http::{HeaderName, HeaderValue, Method, Request, StatusCode, header},
    },
    types::signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER, UnverifiedCallback},
};
use tower_service::Service as _;

use super::printed::is_bounded;

/// Current time of the receiver, in seconds since 1970.
pub(super) const NOW: u64 = 1_767_225_600;
/// Maximum length of a task id, in bytes, which the documentation of the receiver gives.
const MAX_TASK_ID_BYTES: usize = 256;

pub(super) fn key() -> WebhookKey {
    WebhookKey::new("kie-webhook-test-key-0001")
}

/// Sends an HTTP request to the receiver. The input is a request as in HTTP/1.1, with single line feeds and without a
/// version: `POST /kie`, headers, an empty line, and the body.
///
/// Only a `POST` whose signature covers a task id of its body is answered with status 200, and only this callback is
/// delivered. A callback with a valid signature is always answered with status 200 if its task ids are short enough.
/// Every response is small.
pub fn receiver(data: &[u8]) {
    let Some(request) = request(data) else { return };
    let body = request.body().clone();
    let label = UnverifiedCallback::read(&body).ok();
    let ids: Vec<&str> = label.iter().flat_map(UnverifiedCallback::task_ids).collect();

    let (status, delivered) = receive(request.clone());
    let text = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let (timestamp, signature) = (text(TIMESTAMP_HEADER), text(SIGNATURE_HEADER));
    let signed = ids.iter().find(|id| timestamp.is_some_and(|time| signature == Some(&key().sign(id, time))));
    match delivered {
        Some(delivery) => {
            assert_eq!((status, request.method()), (StatusCode::OK, &Method::POST));
            assert_eq!(Some(&delivery.task_id.as_str()), signed);
            assert_eq!(delivery.is_stale, is_stale(timestamp));
            is_bounded(&delivery, body.len());
        }
        None => assert_ne!(status, StatusCode::OK),
    }

    // The same request, with a header less or with the signature of another key, is never accepted.
    for name in [TIMESTAMP_HEADER, SIGNATURE_HEADER] {
        let mut unsigned = request.clone();
        unsigned.headers_mut().remove(name);
        assert_ne!(receive(unsigned).0, StatusCode::OK);
    }
    let id = ids.first().copied().unwrap_or_default();
    let forged = sign(request.clone(), &WebhookKey::new("another"), id);
    assert_ne!(receive(forged).0, StatusCode::OK);

    let genuine = sign(request, &key(), id);
    let expected = if ids.is_empty() || ids.iter().any(|id| id.len() > MAX_TASK_ID_BYTES) {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::OK
    };
    let (status, delivered) = receive(genuine);
    assert_eq!(status, expected);
    assert_eq!(delivered.map(|delivery| delivery.task_id), (status == StatusCode::OK).then(|| id.to_owned()));
}

/// Reads a request from the input. Returns `None` if the input is not a request.
fn request(data: &[u8]) -> Option<Request<Bytes>> {
    let end = data.windows(2).position(|pair| pair == b"\n\n")?;
    let mut lines = data[..end].split(|byte| *byte == b'\n');
    let (method, uri) = std::str::from_utf8(lines.next()?).ok()?.split_once(' ')?;
    let mut request = Request::builder().method(method).uri(uri);
    for line in lines {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        request = request.header(name, HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?);
    }
    request.body(Bytes::copy_from_slice(&data[end + 2..])).ok()
}

/// Returns the request with a signature of this key, as the service sends it.
fn sign(mut request: Request<Bytes>, key: &WebhookKey, task_id: &str) -> Request<Bytes> {
    *request.method_mut() = Method::POST;
    let time = NOW.to_string();
    let signature = key.sign(task_id, &time);
    let headers = request.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(TIMESTAMP_HEADER, time.parse().unwrap());
    headers.insert(SIGNATURE_HEADER, signature.parse().unwrap());
    request
}

/// Returns `true` if the time of a signature is not within 300 seconds of [`NOW`].
fn is_stale(timestamp: Option<&str>) -> bool {
    timestamp.and_then(|time| time.parse::<u64>().ok()).is_none_or(|time| NOW.abs_diff(time) > 300)
}

/// Sends the request to a new receiver. Returns the status of the response, and the callback that the receiver
/// delivered.
fn receive(request: Request<Bytes>) -> (StatusCode, Option<Delivery>) {
    let receiver = Receiver::new(key()).clock(|| SystemTime::UNIX_EPOCH + Duration::from_secs(NOW));
    let mut deliveries = receiver.deliveries();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let response = receiver.service().call(request.map(Full::new)).await.unwrap();
        let status = response.status();
        assert!(!status.is_server_error(), "{status}");
        assert!(response.headers().len() <= 1, "{:?}", response.headers());
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(body.len() <= 64, "{} bytes", body.len());
        drop(receiver);
        let delivered = deliveries.next().await.map(Result::unwrap);
        assert!(deliveries.next().await.is_none());
        (status, delivered)
    })
}

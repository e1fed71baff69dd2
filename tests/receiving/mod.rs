//! Tests of the receiver of callbacks: accepted and refused callbacks, redeliveries, and limits of memory and time.

mod again;
mod checks;
mod limits;
mod naming;
mod servers;
mod written;

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body::Body;
use http_body_util::Full;
use kie_suno::{
    callbacks::{Deliveries, Delivery, Receiver, ReceiverService, WebhookKey},
    types::signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER},
};
use tower_service::Service as _;

const TASK: &str = "4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e";
const OTHER: &str = "9c7f0e15d3ab4e1fa0b2c6d84e73f519";
const NOW: u64 = 1_767_225_600;

fn key() -> WebhookKey {
    WebhookKey::new("kie-webhook-test-key-0001")
}

/// Returns a receiver whose clock always shows [`NOW`].
fn receiver() -> Receiver {
    standing(Receiver::new(key()))
}

fn standing(receiver: Receiver) -> Receiver {
    receiver.clock(|| SystemTime::UNIX_EPOCH + Duration::from_secs(NOW))
}

fn body(task: &str, kind: &str) -> String {
    format!(r#"{{"code":200,"msg":"ok","data":{{"callbackType":"{kind}","task_id":"{task}","data":null}}}}"#)
}

/// Returns a request with this body. It is signed for this task and for `time`, in seconds since 1970.
fn signed<B>(task: &str, time: u64, body: B) -> Request<B> {
    let time = time.to_string();
    let signature = key().sign(task, &time);
    Request::post("/kie").header(TIMESTAMP_HEADER, time).header(SIGNATURE_HEADER, signature).body(body).unwrap()
}

async fn status<B>(service: &mut ReceiverService, request: Request<B>) -> StatusCode
where
    B: Body<Data: Send, Error: Send> + Send + 'static,
{
    service.call(request).await.unwrap().status()
}

async fn post(receiver: &Receiver, request: Request<String>) -> StatusCode {
    status(&mut receiver.service(), request.map(|body| Full::new(Bytes::from(body)))).await
}

/// Drops the receiver, so that no more callbacks can be delivered. Returns all deliveries that were not read yet.
async fn delivered(receiver: Receiver, mut deliveries: Deliveries) -> Vec<Delivery> {
    drop(receiver);
    let mut all = Vec::new();
    while let Some(delivery) = deliveries.next().await {
        all.push(delivery.unwrap());
    }
    all
}

/// Returns the bytes of a signed request with this body, as a client sends them over HTTP/1.1.
fn wire(task: &str, body: &str) -> String {
    let time = NOW.to_string();
    let (signature, length) = (key().sign(task, &time), body.len());
    format!(
        "POST /kie HTTP/1.1\r\nhost: a\r\n{TIMESTAMP_HEADER}: {time}\r\n{SIGNATURE_HEADER}: {signature}\r\n\
         content-length: {length}\r\n\r\n{body}"
    )
}

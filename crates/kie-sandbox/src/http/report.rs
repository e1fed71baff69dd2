//! Tells the observer each request and its response.

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Response, header::CONTENT_TYPE, request::Parts};
use kie_types::{Credits, catalog::Operation};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    account::{SandboxInner, Task},
    events::{RequestEvent, SandboxEvent, short},
    script::Fault,
};

/// The parts of a request and of its handling from which its event is made.
pub(super) struct Report {
    method: String,
    path: String,
    operation: &'static str,
    /// The operation that the request started on the market route.
    pub(super) market: Option<&'static Operation>,
    fault: Option<&'static str>,
    /// Id of the task that the request looks up.
    task_id: Option<String>,
    pub(super) started: Option<Arc<Task>>,
    pub(super) charged: Option<Credits>,
}

/// The parts of a response body that an event has.
#[derive(Default, Deserialize)]
struct Envelope {
    code: Option<i64>,
    msg: Option<String>,
}

impl Report {
    pub(super) fn new(head: &Parts, operation: &'static str, fields: &Value) -> Self {
        // A request that starts a task names the tasks of its sources, so only a lookup names its own task.
        let task_id = fields.get("taskId").and_then(Value::as_str).filter(|_| head.method == Method::GET);
        Self {
            method: short(head.method.as_str()),
            path: short(head.uri.path()),
            operation,
            market: None,
            fault: None,
            task_id: task_id.map(short),
            started: None,
            charged: None,
        }
    }

    pub(super) fn fault(&mut self, fault: Option<&Fault>) {
        self.fault = fault.map(Fault::name);
    }

    /// Tells the observer the request. `response` is `None` if no response is sent.
    pub(super) fn tell(self, inner: &SandboxInner, response: Option<&Response<Bytes>>) {
        inner.tell(|now| {
            let envelope = response.map(envelope).unwrap_or_default();
            SandboxEvent::Request(RequestEvent {
                time: inner.clock.timestamp(now),
                method: self.method,
                path: self.path,
                operation: self.operation,
                slug: self.market.and_then(|operation| operation.market),
                status: response.map(|response| response.status().as_u16()),
                code: envelope.code,
                message: envelope.msg.filter(|_| envelope.code != Some(200)).map(|msg| short(&msg)),
                task_id: self.started.map(|task| task.id.clone()).or(self.task_id),
                charged: self.charged.filter(|charged| *charged != Credits::default()),
                balance: inner.account().balance(now),
                fault: self.fault,
            })
        });
    }
}

fn envelope(response: &Response<Bytes>) -> Envelope {
    let is_json = |content_type: &http::HeaderValue| content_type.as_bytes().starts_with(b"application/json");
    if !response.headers().get(CONTENT_TYPE).is_some_and(is_json) {
        return Envelope::default();
    }
    serde_json::from_slice(response.body()).unwrap_or_default()
}

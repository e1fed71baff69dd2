//! Delivery of callbacks. Every callback is recorded in the journal. A callback is also sent if its address is plain
//! http on loopback, or if the sandbox has a receiver in memory. A fault or the script of the task can prevent the
//! sending.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use kie_types::{Stage, signature::SIGNATURE_HEADER};
use serde_json::Value;
use tokio::time::{self, Instant};

use crate::{
    account::{SandboxInner, Task},
    events::{CallbackEvent, CallbackOutcome, SandboxEvent, address},
    script::CallbackFault,
};

use super::{
    due::{DueCallback, due, record},
    endpoint::CallbackEndpoint,
    headers::headers,
};

/// Time limit for the receiver's response to one attempt.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(15);
/// Maximum number of retries of a callback.
const RETRIES: u32 = 3;

/// Sends each callback of a task when the task reaches the stage of the callback. The callbacks are sent one after the
/// other, unless a fault changes the order.
pub(crate) async fn follow(inner: Arc<SandboxInner>, task: Arc<Task>) {
    let mut overtaken = Vec::new();
    for DueCallback { age, stage, body, reports } in due(&inner, &task) {
        time::sleep_until(task.created + age).await;
        let (callback, callback_fault) = QueuedCallback::write(&inner, &task, stage, body, reports);
        match callback_fault {
            Some(CallbackFault::Lost) => callback.tell(0, CallbackOutcome::Lost, None),
            Some(CallbackFault::Reordered) => {
                overtaken.push(callback);
                continue;
            }
            Some(CallbackFault::Late(by)) => {
                tokio::spawn(async move {
                    time::sleep(by).await;
                    callback.send().await;
                });
            }
            Some(CallbackFault::Doubled) => {
                callback.send().await;
                callback.send().await;
            }
            None | Some(CallbackFault::Stale(_) | CallbackFault::Forged | CallbackFault::Altered(_)) => {
                callback.send().await;
            }
        }
        for callback in overtaken.drain(..) {
            callback.send().await;
        }
    }
    for callback in overtaken {
        callback.send().await;
    }
}

/// A recorded callback that is ready to be sent.
struct QueuedCallback {
    inner: Arc<SandboxInner>,
    /// Index of the callback in the journal's list of callbacks.
    number: usize,
    /// The receiver, or the reason why the callback is not sent.
    receiver: Result<CallbackEndpoint, CallbackOutcome>,
    event: CallbackEvent,
    headers: Vec<(String, String)>,
    body: Bytes,
}

impl QueuedCallback {
    /// Creates a callback and records it. Returns the callback, and the fault that applies to it.
    fn write(
        inner: &Arc<SandboxInner>,
        task: &Task,
        stage: Option<Stage>,
        body: Value,
        reports: String,
    ) -> (Self, Option<CallbackFault>) {
        let mut record = record(inner, task, stage, body);
        let mut account = inner.account();
        record.callback_fault = account.callback_fault(&record);
        record.headers = headers(inner, &task.id, record.callback_fault.as_ref());
        if let Some(CallbackFault::Altered(other)) = &record.callback_fault {
            record.body = other.clone();
        }
        let callback_fault = record.callback_fault.clone();
        let endpoint = CallbackEndpoint::of(&task.call_back_url, inner.receiver.as_ref());
        let receiver = endpoint.ok_or(CallbackOutcome::NotLoopback);
        let event = CallbackEvent {
            time: inner.clock.timestamp(Instant::now()),
            task_id: task.id.clone(),
            reports,
            url: address(&task.call_back_url),
            attempt: 0,
            outcome: CallbackOutcome::Unanswered,
            status: None,
            signed: record.headers.iter().any(|(name, _)| name == SIGNATURE_HEADER),
            fault: callback_fault.as_ref().map(CallbackFault::name),
        };
        let callback = Self {
            inner: Arc::clone(inner),
            number: account.callbacks.len(),
            receiver: if task.timeline.delivers() { receiver } else { Err(CallbackOutcome::Undelivered) },
            event,
            headers: record.headers.clone(),
            body: record.body.to_string().into(),
        };
        account.callbacks.push(record);
        (callback, callback_fault)
    }

    /// Sends the callback. If there is no response with HTTP status 200, sends the callback again, at most [`RETRIES`]
    /// times. The service does the same. Sends nothing if there is no receiver.
    async fn send(&self) {
        let receiver = match &self.receiver {
            Ok(receiver) => receiver,
            Err(reason) => return self.tell(0, *reason, None),
        };
        for attempt in 0..=RETRIES {
            if attempt > 0 {
                let speed = self.inner.account().behaviour.speed;
                time::sleep(Duration::from_millis(speed.pick(5_000, 200, 50))).await;
            }
            let sent = receiver.post(&self.headers, self.body.clone());
            let status = time::timeout(RESPONSE_TIMEOUT, sent).await.ok().flatten();
            let attempts = self.inner.account().callbacks.get_mut(self.number).map(|record| {
                record.attempts += 1;
                record.status = status.or(record.status);
                record.attempts
            });
            let outcome = if status.is_some() { CallbackOutcome::Answered } else { CallbackOutcome::Unanswered };
            self.tell(attempts.unwrap_or_default(), outcome, status);
            if status == Some(200) {
                return;
            }
        }
    }

    /// Tells the observer the end of an attempt, or the reason why there is none.
    fn tell(&self, attempt: u32, outcome: CallbackOutcome, status: Option<u16>) {
        self.inner.tell(|now| {
            let time = self.inner.clock.timestamp(now);
            SandboxEvent::Callback(CallbackEvent { time, attempt, outcome, status, ..self.event.clone() })
        });
    }
}

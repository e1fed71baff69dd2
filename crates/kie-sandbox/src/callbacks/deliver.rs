//! Callbacks: booked always, and sent unless their address leads elsewhere or something goes wrong.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::header;
use kie_types::signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER, WebhookKey};
use serde_json::Value;
use tokio::time::{self, Instant};

use crate::{
    account::{SandboxInner, SentCallback, Task, View},
    script::CallbackFault,
};

use super::endpoint::CallbackEndpoint;

/// How long a receiver has to answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// How often a callback is sent again.
const RETRIES: u32 = 3;

/// Follows a task to its end and delivers its callbacks, one after the other unless something goes wrong with them.
pub(crate) async fn follow(inner: Arc<SandboxInner>, task: Arc<Task>) {
    if task.call_back_url.is_empty() {
        return;
    }
    let mut overtaken = Vec::new();
    for (age, state) in task.course.callbacks().into_iter().filter(|(_, state)| task.work.is_told(state)) {
        time::sleep_until(task.created + age).await;
        let body = task.work.callback(&task, &View { state, host: &task.host, clock: inner.clock });
        let (letter, callback_fault) = QueuedCallback::write(&inner, &task, body);
        match callback_fault {
            Some(CallbackFault::Lost) => {}
            Some(CallbackFault::Overtaken) => {
                overtaken.push(letter);
                continue;
            }
            Some(CallbackFault::Late(by)) => {
                tokio::spawn(async move {
                    time::sleep(by).await;
                    letter.send().await;
                });
            }
            Some(CallbackFault::Doubled) => {
                letter.send().await;
                letter.send().await;
            }
            None | Some(CallbackFault::Stale(_) | CallbackFault::Forged | CallbackFault::Altered(_)) => {
                letter.send().await;
            }
        }
        for letter in overtaken.drain(..) {
            letter.send().await;
        }
    }
    for letter in overtaken {
        letter.send().await;
    }
}

/// A callback on its way.
struct QueuedCallback {
    inner: Arc<SandboxInner>,
    /// Where it stands in the books.
    number: usize,
    receiver: Option<CallbackEndpoint>,
    headers: Vec<(String, String)>,
    body: Bytes,
}

impl QueuedCallback {
    /// Writes a callback, enters it in the books, and says what goes wrong with it.
    fn write(inner: &Arc<SandboxInner>, task: &Task, body: Value) -> (Self, Option<CallbackFault>) {
        let mut delivery = SentCallback {
            task_id: task.id.clone(),
            url: task.call_back_url.clone(),
            body,
            headers: headers(inner, &task.id, None),
            callback_fault: None,
            attempts: 0,
            status: None,
        };
        let mut account = inner.account();
        delivery.callback_fault = account.callback_fault(&delivery);
        delivery.headers = headers(inner, &task.id, delivery.callback_fault.as_ref());
        if let Some(CallbackFault::Altered(other)) = &delivery.callback_fault {
            delivery.body = other.clone();
        }
        let callback_fault = delivery.callback_fault.clone();
        let letter = Self {
            inner: Arc::clone(inner),
            number: account.deliveries.len(),
            receiver: CallbackEndpoint::of(&task.call_back_url, inner.receiver.as_ref())
                .filter(|_| task.course.delivers()),
            headers: delivery.headers.clone(),
            body: delivery.body.to_string().into(),
        };
        account.deliveries.push(delivery);
        (letter, callback_fault)
    }

    /// Sends it until it is answered with 200, as often as the service does.
    async fn send(&self) {
        let Some(receiver) = &self.receiver else { return };
        for attempt in 0..=RETRIES {
            if attempt > 0 {
                time::sleep(Duration::from_millis(self.inner.speed.pick(5_000, 200, 50))).await;
            }
            let sent = receiver.post(&self.headers, self.body.clone());
            let status = time::timeout(PATIENCE, sent).await.ok().flatten();
            if let Some(delivery) = self.inner.account().deliveries.get_mut(self.number) {
                delivery.attempts += 1;
                delivery.status = status.or(delivery.status);
            }
            if status == Some(200) {
                return;
            }
        }
    }
}

fn headers(inner: &SandboxInner, task_id: &str, callback_fault: Option<&CallbackFault>) -> Vec<(String, String)> {
    let mut headers = vec![(header::CONTENT_TYPE.to_string(), "application/json".to_owned())];
    let forged = WebhookKey::new("somebody else's");
    let key = match callback_fault {
        Some(CallbackFault::Forged) => Some(&forged),
        _ => inner.webhook_key.as_ref(),
    };
    let age = match callback_fault {
        Some(CallbackFault::Stale(age)) => age.as_secs(),
        _ => 0,
    };
    if let Some(key) = key {
        let timestamp = inner.clock.seconds(Instant::now()).saturating_sub(age).to_string();
        let signature = key.sign(task_id, &timestamp);
        headers.extend([(TIMESTAMP_HEADER.to_owned(), timestamp), (SIGNATURE_HEADER.to_owned(), signature)]);
    }
    headers
}

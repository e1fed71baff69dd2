//! Callbacks: booked always, and sent unless their address leads elsewhere or something goes wrong.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::header;
use kie_types::signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER, WebhookKey};
use serde_json::Value;
use tokio::time::{self, Instant};

use crate::{
    account::{Delivery, Inner, Task, View},
    script::Mishap,
};

use super::receiver::Receiver;

/// How long a receiver has to answer.
const PATIENCE: Duration = Duration::from_secs(15);
/// How often a callback is sent again.
const RETRIES: u32 = 3;

/// Follows a task to its end and delivers its callbacks, one after the other unless something goes wrong with them.
pub(crate) async fn follow(inner: Arc<Inner>, task: Arc<Task>) {
    if task.call_back_url.is_empty() {
        return;
    }
    let mut overtaken = Vec::new();
    for (age, state) in task.course.callbacks().into_iter().filter(|(_, state)| task.work.is_told(state)) {
        time::sleep_until(task.created + age).await;
        let body = task.work.callback(&task, &View { state, host: &task.host, clock: inner.clock });
        let (letter, mishap) = Letter::write(&inner, &task, body);
        match mishap {
            Some(Mishap::Lost) => {}
            Some(Mishap::Overtaken) => {
                overtaken.push(letter);
                continue;
            }
            Some(Mishap::Late(by)) => {
                tokio::spawn(async move {
                    time::sleep(by).await;
                    letter.send().await;
                });
            }
            Some(Mishap::Doubled) => {
                letter.send().await;
                letter.send().await;
            }
            None | Some(Mishap::Stale(_) | Mishap::Forged | Mishap::Altered(_)) => letter.send().await,
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
struct Letter {
    inner: Arc<Inner>,
    /// Where it stands in the books.
    number: usize,
    receiver: Option<Receiver>,
    headers: Vec<(String, String)>,
    body: Bytes,
}

impl Letter {
    /// Writes a callback, enters it in the books, and says what goes wrong with it.
    fn write(inner: &Arc<Inner>, task: &Task, body: Value) -> (Self, Option<Mishap>) {
        let mut delivery = Delivery {
            task_id: task.id.clone(),
            url: task.call_back_url.clone(),
            body,
            headers: headers(inner, &task.id, None),
            mishap: None,
            attempts: 0,
            status: None,
        };
        let mut account = inner.account();
        delivery.mishap = account.mishap(&delivery);
        delivery.headers = headers(inner, &task.id, delivery.mishap.as_ref());
        if let Some(Mishap::Altered(other)) = &delivery.mishap {
            delivery.body = other.clone();
        }
        let mishap = delivery.mishap.clone();
        let letter = Self {
            inner: Arc::clone(inner),
            number: account.deliveries.len(),
            receiver: Receiver::of(&task.call_back_url, inner.receiver.as_ref()).filter(|_| task.course.delivers()),
            headers: delivery.headers.clone(),
            body: delivery.body.to_string().into(),
        };
        account.deliveries.push(delivery);
        (letter, mishap)
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

fn headers(inner: &Inner, task_id: &str, mishap: Option<&Mishap>) -> Vec<(String, String)> {
    let mut headers = vec![(header::CONTENT_TYPE.to_string(), "application/json".to_owned())];
    let forged = WebhookKey::new("somebody else's");
    let key = match mishap {
        Some(Mishap::Forged) => Some(&forged),
        _ => inner.webhook_key.as_ref(),
    };
    let age = match mishap {
        Some(Mishap::Stale(age)) => age.as_secs(),
        _ => 0,
    };
    if let Some(key) = key {
        let timestamp = inner.clock.seconds(Instant::now()).saturating_sub(age).to_string();
        let signature = key.sign(task_id, &timestamp);
        headers.extend([(TIMESTAMP_HEADER.to_owned(), timestamp), (SIGNATURE_HEADER.to_owned(), signature)]);
    }
    headers
}

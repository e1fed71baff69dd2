//! Tests of the receipts of paid calls. No call may be paid for twice and no paid call may be lost, whatever fault the
//! service, the ledger or the process has. The sandbox counts the calls.

mod budget;
mod calls;
mod collecting;
mod crashes;
mod dropping;
mod expiry;
mod extras;
pub(crate) mod failing;
mod forgetting;
mod lost;
mod outcomes;
mod paging;
mod prepared;
mod random;
mod spending;

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use http::{HeaderMap, HeaderName, StatusCode};
use kie_ledger::MemoryLedger;
use kie_sandbox::{Sandbox, Speed};
use kie_suno::{
    Client, ClientBuilder, Credits,
    callbacks::{Receiver, WebhookKey},
    receipts::{Ledger, Receipt, ReceiptKey},
};
use tokio::time::Instant;

use crate::setup::stack::client_of;

const MUSIC: &str = "generate-music";

/// A sandbox account that signs its callbacks, a ledger, and a receiver that uses this ledger and tokio's clock.
struct Setup {
    sandbox: Sandbox,
    ledger: Arc<MemoryLedger>,
    receiver: Receiver,
}

impl Setup {
    fn new(speed: Speed) -> Self {
        let (opened, wall) = (Instant::now(), SystemTime::now());
        let ledger = Arc::new(MemoryLedger::new());
        Self {
            sandbox: Sandbox::builder().speed(speed).webhook_key("whk").credits(Credits::new(1e6)).build(),
            receiver: Receiver::new(WebhookKey::new("whk"))
                .clock(move || wall + opened.elapsed())
                .ledger(Arc::clone(&ledger)),
            ledger,
        }
    }

    /// Returns the builder of a client for this account. The client has the given ledger, and the receiver of this
    /// setup.
    fn builder(&self, ledger: impl Ledger) -> ClientBuilder {
        client_of(&self.sandbox).ledger(ledger).callbacks("https://music.example/kie?shop=7", &self.receiver)
    }

    fn client(&self) -> Client {
        self.builder(Arc::clone(&self.ledger)).build().unwrap()
    }

    /// Passes every callback in the sandbox's journal to the receiver. Returns the number of different tasks in these
    /// callbacks.
    async fn deliver(&self) -> usize {
        let callbacks = self.sandbox.callbacks();
        for callback in &callbacks {
            let header =
                |(name, value): &(String, String)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
            let headers: HeaderMap = callback.headers.iter().map(header).collect();
            let query = callback.url.split_once('?').map(|(_, query)| query);
            let status = self.receiver.receive(query, &headers, callback.body.to_string().as_bytes()).await;
            assert_eq!(status, StatusCode::OK);
        }
        let mut tasks: Vec<_> = callbacks.into_iter().map(|callback| callback.task_id).collect();
        tasks.sort();
        tasks.dedup();
        tasks.len()
    }

    /// Returns the number of requests for this operation that the sandbox received.
    fn calls(&self, operation: &str) -> usize {
        self.sandbox.requests(operation).len()
    }

    async fn receipt(&self, key: ReceiptKey<'_>) -> Receipt {
        self.ledger.find(key).await.unwrap().expect("the receipt is there")
    }
}

async fn moment() {
    tokio::time::sleep(Duration::from_secs(1)).await;
}

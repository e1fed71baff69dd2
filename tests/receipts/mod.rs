//! Receipts around every paid call: nothing is paid twice, and nothing that was paid for is lost, whatever happens to the
//! service, to the ledger, or to the process. Counted on the sandbox's books.

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

/// An account that signs, its clock, and a ledger.
struct House {
    sandbox: Sandbox,
    ledger: Arc<MemoryLedger>,
    receiver: Receiver,
}

impl House {
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

    /// A client on the ledger, or on another in its place.
    fn builder(&self, ledger: impl Ledger) -> ClientBuilder {
        client_of(&self.sandbox).ledger(ledger).callbacks("https://music.example/kie?shop=7", &self.receiver)
    }

    fn client(&self) -> Client {
        self.builder(Arc::clone(&self.ledger)).build().unwrap()
    }

    /// Hands every callback that the service has booked to the receiver, and returns for how many tasks.
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

    /// How often the operation was called.
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

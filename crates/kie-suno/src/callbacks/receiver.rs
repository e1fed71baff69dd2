//! What becomes of a callback, apart from the server that takes it in.

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::{Duration, SystemTime},
};

use http::{HeaderMap, StatusCode};
use kie_ledger::{CallbackRecord, Ledger, ReceiptId};
use kie_types::signature::{Distrusted, Label, SIGNATURE_HEADER, TIMESTAMP_HEADER, Verifier};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::{
    delivery::{Deliveries, Delivery, Subscribers},
    redeliveries::Redeliveries,
    service::ReceiverService,
};
use crate::{receipts::within, waiting::Waiters};

/// How long a ledger may take to write. With the time to read the body that stays inside the service's 15 seconds.
const LEDGER_TIME: Duration = Duration::from_secs(4);
/// How long the id of a task may be. The service's have 32 characters.
const LONGEST_ID: usize = 256;

/// Takes callbacks in, at an address that the service can reach: each wakes the waits for its task at once.
///
/// ```no_run
/// # async fn demo(secret: &str, key: &str, request: kie_suno::requests::GenerateMusic) -> Result<(), Box<dyn std::error::Error>> {
/// use kie_suno::{Client, callbacks::{Receiver, WebhookKey}};
///
/// let receiver = Receiver::new(WebhookKey::new(secret));
/// let client = Client::builder().api_key(key).callbacks("https://music.example/kie", &receiver).build()?;
/// let app: axum::Router = axum::Router::new().route_service("/kie", receiver.service());
/// # let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
/// tokio::spawn(async { axum::serve(listener, app).await });
///
/// let tracks = client.start(request).await?.wait().await?; // polls when the callback comes, and seldom before
/// # Ok(())
/// # }
/// ```
///
/// The signature covers the id of the task and the time, **not the body**. So a callback is the word that something
/// happened, and no more: a wait looks at its task and believes only that, and who reads
/// [deliveries](Self::deliveries) should [`fetch`](crate::Task::fetch) whatever matters.
///
/// The answer never waits for the application. The service sends again what is not answered in 15 seconds with 200, three
/// times at most; such a redelivery is answered and otherwise passed over, as long as the receiver remembers: it knows the
/// last 10,000 callbacks by task and body. Whoever has seen one signature can send it again under bodies of their own, so
/// each is good for 8 different ones.
///
/// | the callback | is answered | and |
/// | --- | --- | --- |
/// | is signed, and of now | 200 | wakes, is written to the [ledger](Self::ledger), is delivered |
/// | is signed, and older or newer than the verifier tolerates | 200 | wakes, is delivered as [stale](Delivery::is_stale) |
/// | was received before, or has a signature that 8 others had | 200 | |
/// | has no signature, or not the account's | 401 | |
/// | is no JSON object, names no task, or one of more than 256 bytes | 400 | |
/// | is larger than the [limit](Self::body_limit) | 413 | |
/// | does not arrive in [time](Self::body_time) | 408 | |
/// | cannot be written to the ledger | 500 | wakes; the service sends it again |
/// | is no `POST` | 405 | |
///
/// Clones share what arrives.
#[derive(Clone)]
#[must_use = "a receiver does nothing until its service is mounted"]
pub struct Receiver {
    verifier: Option<Verifier>,
    ledger: Arc<OnceLock<Arc<dyn Ledger>>>,
    clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    pub(super) body_limit: usize,
    pub(super) body_time: Duration,
    pub(super) memory: Arc<Semaphore>,
    pub(crate) waiters: Waiters,
    seen: Arc<Redeliveries>,
    audience: Arc<Subscribers>,
}

impl Receiver {
    /// A receiver of callbacks that are signed with this key, the account's `webhookHmacKey`.
    ///
    /// A [`Verifier`] takes the place of the key where there are several, or where the tolerance is another than 300
    /// seconds.
    pub fn new(key: impl Into<Verifier>) -> Self {
        Self::with(Some(key.into()))
    }

    /// A receiver that **believes every sender**, for an account that has no `webhookHmacKey`: without one the service
    /// does not sign.
    ///
    /// Whoever knows the address can then wake waits, which costs looks and nothing else, and can write what they like
    /// to the deliveries and the ledger. Give it an address that cannot be guessed.
    pub fn unsigned() -> Self {
        Self::with(None)
    }

    fn with(verifier: Option<Verifier>) -> Self {
        Self {
            verifier,
            ledger: Arc::default(),
            clock: Arc::new(SystemTime::now),
            body_limit: 4 * 1024 * 1024,
            body_time: Duration::from_secs(10),
            memory: Arc::new(Semaphore::new(64 * 1024 * 1024)),
            waiters: Waiters::default(),
            seen: Arc::default(),
            audience: Arc::default(),
        }
    }

    /// Writes each callback here before it is answered with 200, so that none is lost in a crash. By default it is the
    /// ledger of the first client with one that is [told](crate::ClientBuilder::callbacks) of this receiver.
    ///
    /// A ledger that fails, or takes longer than 4 seconds, is answered with 500.
    pub fn ledger(mut self, ledger: impl Ledger) -> Self {
        self.ledger = Arc::new(OnceLock::from(Arc::new(ledger) as Arc<dyn Ledger>));
        self
    }

    /// Has this ledger, unless it has one.
    pub(crate) fn share(&self, ledger: &Arc<dyn Ledger>) {
        self.ledger.get_or_init(|| Arc::clone(ledger));
    }

    /// The size of the largest body that is taken, in bytes. 4 MiB.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// How long the whole body may take to arrive. 10 seconds.
    pub fn body_time(mut self, time: Duration) -> Self {
        self.body_time = time;
        self
    }

    /// How many bytes of bodies are held at once beyond the first 64 KiB of each, those that are still arriving included.
    /// 64 MiB. What finds no room waits for it, as long as its body may take to arrive; a body that is larger than all the
    /// room never finds it.
    ///
    /// The first 64 KiB need no room: nearly every callback is smaller, and none of these ever waits for the large bodies
    /// of others. How many of them can arrive at once is for the server to say, by how many connections it takes.
    pub fn memory(mut self, bytes: usize) -> Self {
        self.memory = Arc::new(Semaphore::new(bytes.min(Semaphore::MAX_PERMITS)));
        self
    }

    /// What tells the time, in place of the system's clock.
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// The receiver as a service to be mounted on axum (`route_service`), tower or hyper.
    pub fn service(&self) -> ReceiverService {
        ReceiverService::new(self.clone())
    }

    /// The callbacks from now on, as a stream.
    pub fn deliveries(&self) -> Deliveries {
        self.audience.join()
    }

    /// Takes in one callback that some other server has read: the query of its address, its headers, and its body. Returns
    /// the status of the answer.
    pub async fn receive(&self, query: Option<&str>, headers: &HeaderMap, body: &[u8]) -> StatusCode {
        match self.signed(headers) {
            Some(signed) => self.receive_signed(query, signed, body).await,
            None => StatusCode::UNAUTHORIZED,
        }
    }

    /// The same, with what [`signed`](Self::signed) has read.
    pub(super) async fn receive_signed(
        &self,
        query: Option<&str>,
        (timestamp, signature): (&str, &str),
        body: &[u8],
    ) -> StatusCode {
        let Ok(label) = Label::read(body) else { return StatusCode::BAD_REQUEST };
        let Some(named) = label.task_ids().next() else { return StatusCode::BAD_REQUEST };
        if label.task_ids().any(|id| id.len() > LONGEST_ID) {
            return StatusCode::BAD_REQUEST;
        }
        let (task_id, is_stale) = match &self.verifier {
            None => (named, false),
            Some(verifier) => match verifier.verify(&label, timestamp, signature, self.now()) {
                Ok(task_id) => (task_id, false),
                Err(Distrusted::Stale { task_id }) => {
                    tracing::warn!(task_id, "a callback was signed at another time than now: is the clock right?");
                    (task_id, true)
                }
                Err(_) => return StatusCode::UNAUTHORIZED,
            },
        };

        let signature = self.verifier.is_some().then_some(signature);
        let mark = self.seen.mark(task_id, is_stale, body, signature);
        if !self.seen.is_new(mark) {
            return StatusCode::OK;
        }
        self.waiters.wake(task_id);
        let receipt = query.and_then(receipt);
        if let Some(ledger) = self.ledger.get().filter(|_| !is_stale) {
            let mut callback = CallbackRecord::new(task_id, Sha256::digest(body).into());
            callback.receipt = receipt;
            callback.kind = label.kind().unwrap_or_default().to_owned();
            if let Err(error) = within(LEDGER_TIME, ledger.receive(&callback)).await {
                tracing::warn!(task_id, %error, "a callback could not be written down, and is not accepted");
                return StatusCode::INTERNAL_SERVER_ERROR;
            }
            if let Some(receipt) = receipt {
                self.waiters.wake(&receipt.to_string());
            }
        }
        // Of two copies that arrive at once, one is the first here.
        if self.seen.insert(mark) {
            self.audience.tell(|| Delivery::received(task_id, receipt, is_stale, body));
        }
        StatusCode::OK
    }

    /// The texts of the two headers of a signature; both are empty where none is asked for.
    pub(super) fn signed<'a>(&self, headers: &'a HeaderMap) -> Option<(&'a str, &'a str)> {
        if self.verifier.is_none() {
            return Some(("", ""));
        }
        let text = |name| headers.get(name)?.to_str().ok();
        Some((text(TIMESTAMP_HEADER)?, text(SIGNATURE_HEADER)?))
    }

    /// Seconds since 1970.
    fn now(&self) -> u64 {
        (self.clock)().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
    }
}

/// The receipt that the query of an address names.
fn receipt(query: &str) -> Option<ReceiptId> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| *name == ReceiptId::PARAMETER)?.1.parse().ok()
}

/// Shows how many waits there are that callbacks can wake.
impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("is_signed", &self.verifier.is_some())
            .field("ledger", &self.ledger.get())
            .field("waiters", &self.waiters)
            .finish_non_exhaustive()
    }
}

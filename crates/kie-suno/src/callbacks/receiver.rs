//! The receiver of callbacks, independent of the web server.

use std::{
    fmt,
    sync::{Arc, OnceLock},
    time::{Duration, SystemTime},
};

use http::{HeaderMap, StatusCode};
use kie_ledger::{
    CallbackRecord, Ledger, LedgerError, LedgerFuture, MAX_BODY_BYTES, ReceiptId, ReceiptKey, ReceiptUpdate,
};
use kie_types::{
    Callback, Midi,
    signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER, UnverifiedCallback, Verifier, VerifyError},
};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::{
    delivery::{Deliveries, Delivery, Subscribers},
    redeliveries::Redeliveries,
    service::ReceiverService,
};
use crate::{
    receipts::{Bounded, within},
    waiting::Waiters,
};

/// Timeout for writing a callback to the ledger. The service waits at most 15 seconds for the response to a callback.
/// This timeout and the default time limit for reading a body add up to 14 seconds.
const LEDGER_TIMEOUT: Duration = Duration::from_secs(4);
/// Maximum length of a task id in bytes. The ids of the service have 32 characters.
const MAX_TASK_ID_BYTES: usize = 256;

/// Receives callbacks at an address that the service can reach. After each new callback, all code that waits for the
/// task of the callback polls the task, as soon as the service's limit of polls allows this.
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
/// let tracks = client.start(request).await?.wait().await?; // polls when a callback arrives, and rarely before
/// # Ok(())
/// # }
/// ```
///
/// The signature covers the id of the task and the time, **but not the body**. So a callback is used only as a signal:
/// the client polls the task, and uses the result of the poll. If you read [deliveries](Self::deliveries),
/// [`fetch`](crate::Task::fetch) the task before you act on them.
///
/// The response is sent without waiting for the application. If the service gets no status 200 within 15 seconds, it
/// sends the callback again, up to three times. If the receiver has already answered the callback with 200, it answers
/// the redelivery with 200 too, and does not deliver it again. To detect redeliveries, it remembers the last 10,000
/// callbacks by task and body. An attacker who knows one signature can send it again with other bodies, so each
/// signature is accepted with at most 8 different bodies.
///
/// With a [ledger](Self::ledger), every callback with a valid signature sets the task of the receipt in its address, if
/// this receipt has no task yet. The age of the signature and earlier copies of the callback do not matter for this. Nor
/// do they matter for the notes of a MIDI task, which on the market route come only in the callback: the ledger keeps the
/// body of the first callback with notes. These notes are not signed. Each client that was [built with this
/// receiver](crate::ClientBuilder::callbacks) looks for the notes in its own ledger and in that of the receiver.
///
/// | callback | status of the response | effect |
/// | --- | --- | --- |
/// | valid signature, time within the tolerance | 200 | wakes waiting code; written to the [ledger](Self::ledger); delivered |
/// | valid signature, time outside of the tolerance | 200 | wakes waiting code; sets the task of its receipt; its notes are kept; delivered as [stale](Delivery::is_stale) |
/// | received before, or 8 other bodies came with the same signature | 200 | sets the task of its receipt; its notes are kept |
/// | signature missing or wrong | 401 | none |
/// | not a JSON object, no task id, or a task id of more than 256 bytes | 400 | none |
/// | larger than the [limit](Self::body_limit) | 413 | none |
/// | not complete within the [time limit](Self::body_timeout) | 408 | none |
/// | cannot be written to the ledger | 500 | wakes waiting code; the service sends the callback again |
/// | method is not `POST` | 405 | none |
///
/// Clones share their state: a callback that one clone receives wakes the waiting code and reaches the streams of all
/// clones.
#[derive(Clone)]
#[must_use = "a receiver does nothing until its service is mounted"]
pub struct Receiver {
    verifier: Option<Verifier>,
    pub(crate) ledger: Arc<OnceLock<Arc<dyn Ledger>>>,
    clock: Arc<dyn Fn() -> SystemTime + Send + Sync>,
    pub(super) body_limit: usize,
    pub(super) body_timeout: Duration,
    pub(super) memory: Arc<Semaphore>,
    pub(crate) waiters: Waiters,
    redeliveries: Arc<Redeliveries>,
    subscribers: Arc<Subscribers>,
}

impl Receiver {
    /// Makes a receiver that verifies callbacks with this key, the account's `webhookHmacKey`.
    ///
    /// Pass a [`Verifier`] instead of a key to accept several keys, or to set a tolerance other than 300 seconds.
    pub fn new(key: impl Into<Verifier>) -> Self {
        Self::with(Some(key.into()))
    }

    /// Makes a receiver that **accepts every sender**, for an account without a `webhookHmacKey`. The service does not
    /// sign the callbacks of such an account.
    ///
    /// Anyone who knows the address can then send false callbacks. They cause extra polls, and they are added to the
    /// deliveries and the ledger. Use an address that cannot be guessed.
    pub fn unsigned() -> Self {
        Self::with(None)
    }

    fn with(verifier: Option<Verifier>) -> Self {
        Self {
            verifier,
            ledger: Arc::default(),
            clock: Arc::new(SystemTime::now),
            body_limit: 4 * 1024 * 1024,
            body_timeout: Duration::from_secs(10),
            memory: Arc::new(Semaphore::new(64 * 1024 * 1024)),
            waiters: Waiters::default(),
            redeliveries: Arc::default(),
            subscribers: Arc::default(),
        }
    }

    /// Sets the ledger. Each new callback, unless it is stale, is written to the ledger before the response with status
    /// 200 is sent, so that a crash loses no callback. The default is the ledger of the first client that is [built
    /// with this receiver](crate::ClientBuilder::callbacks) and has a ledger.
    ///
    /// Set a ledger if the receiver runs in another program than the client, or has no client with a ledger. Otherwise
    /// the default is best: a client finds the receipts that callbacks have changed only in its own ledger.
    ///
    /// If the ledger fails, or needs more than 4 seconds, the status of the response is 500.
    pub fn ledger(mut self, ledger: impl Ledger) -> Self {
        self.ledger = Arc::new(OnceLock::from(Arc::new(Bounded(ledger)) as Arc<dyn Ledger>));
        self
    }

    /// Sets the ledger, unless the receiver has one already.
    pub(crate) fn set_default_ledger(&self, ledger: &Arc<dyn Ledger>) {
        self.ledger.get_or_init(|| Arc::clone(ledger));
    }

    /// Sets the maximum size of a body in bytes. The default is 4 MiB.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Sets the time limit for reading a whole body. The default is 10 seconds.
    pub fn body_timeout(mut self, time: Duration) -> Self {
        self.body_timeout = time;
        self
    }

    /// Sets the memory limit for large bodies, in bytes. The default is 64 MiB. The bytes of a body after its first 64
    /// KiB count against the limit while the body is received and processed.
    ///
    /// If the limit is reached, a body waits for memory until its [time limit](Self::body_timeout) is over. A body that
    /// needs more memory than the whole limit never gets it.
    ///
    /// Nearly every callback is smaller than 64 KiB. Such a callback uses none of this memory, and so never waits for
    /// it. The number of small bodies at the same time is limited only by the number of connections that the web server
    /// accepts.
    pub fn memory_limit(mut self, bytes: usize) -> Self {
        self.memory = Arc::new(Semaphore::new(bytes.min(Semaphore::MAX_PERMITS)));
        self
    }

    /// Sets the source of the current time, instead of the system clock.
    pub fn clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Returns the receiver as a tower and hyper service, to be mounted on axum (`route_service`), tower or hyper.
    pub fn service(&self) -> ReceiverService {
        ReceiverService::new(self.clone())
    }

    /// Returns a stream of the callbacks that arrive from now on.
    pub fn deliveries(&self) -> Deliveries {
        self.subscribers.subscribe()
    }

    /// Processes one callback that your own web server has received: the query of its address, its headers, and its
    /// body. Returns the HTTP status of the response to the callback.
    pub async fn receive(&self, query: Option<&str>, headers: &HeaderMap, body: &[u8]) -> StatusCode {
        match self.signature_headers(headers) {
            Some(signed) => self.receive_signed(query, signed, body).await,
            None => StatusCode::UNAUTHORIZED,
        }
    }

    /// Processes one callback. `timestamp` and `signature` are the values of the two signature headers, as
    /// [`signature_headers`](Self::signature_headers) returns them. Returns the HTTP status of the response.
    pub(super) async fn receive_signed(
        &self,
        query: Option<&str>,
        (timestamp, signature): (&str, &str),
        body: &[u8],
    ) -> StatusCode {
        let Ok(label) = UnverifiedCallback::read(body) else { return StatusCode::BAD_REQUEST };
        let Some(first_id) = label.task_ids().next() else { return StatusCode::BAD_REQUEST };
        if label.task_ids().any(|id| id.len() > MAX_TASK_ID_BYTES) {
            return StatusCode::BAD_REQUEST;
        }
        let (task_id, is_stale) = match &self.verifier {
            None => (first_id, false),
            Some(verifier) => match verifier.verify(&label, timestamp, signature, self.now()) {
                Ok(task_id) => (task_id, false),
                Err(VerifyError::Stale { task_id }) => {
                    tracing::warn!(
                        task_id,
                        "the time of a signed callback is too far from now; check the system clock"
                    );
                    (task_id, true)
                }
                Err(_) => return StatusCode::UNAUTHORIZED,
            },
        };

        let signature = self.verifier.is_some().then_some(signature);
        let fingerprint = self.redeliveries.fingerprint(task_id, is_stale, body, signature);
        let is_new = self.redeliveries.is_new(fingerprint);
        let receipt = query.and_then(receipt);
        if is_new {
            self.waiters.wake(task_id);
        }
        if let Some(ledger) = self.ledger.get() {
            let keeps_notes = self.redeliveries.lacks_notes(task_id) && has_notes(body);
            let writing: LedgerFuture<'_, bool> = if (is_new && !is_stale) || keeps_notes {
                let digest = Sha256::digest(body).into();
                self.waiters.insert_received(digest);
                let mut callback = CallbackRecord::new(task_id, digest);
                callback.receipt = receipt;
                callback.kind = label.kind().unwrap_or_default().to_owned();
                callback.body = keeps_notes.then(|| body.to_vec());
                Box::pin(async move { ledger.receive(&callback).await.map(|_| receipt.is_some()) })
            } else {
                Box::pin(set_task(&**ledger, receipt, task_id))
            };
            match within(LEDGER_TIMEOUT, writing).await {
                Ok(true) => receipt.iter().for_each(|receipt| self.waiters.wake(&receipt.to_string())),
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(task_id, %error, "a callback could not be written to the ledger, and is answered with 500");
                    return StatusCode::INTERNAL_SERVER_ERROR;
                }
            }
            if keeps_notes {
                self.redeliveries.insert_notes(task_id);
                // A poll that began before the notes were written does not show them.
                self.waiters.wake(task_id);
            }
        }
        if !is_new {
            return StatusCode::OK;
        }
        // Two copies of a callback may arrive at the same time. Only the copy that is inserted first is delivered.
        if self.redeliveries.insert(fingerprint) {
            self.subscribers.send(|| Delivery::received(task_id, receipt, is_stale, body));
        }
        StatusCode::OK
    }

    /// Returns the values of the two signature headers: the timestamp and the signature. `None` if a header is missing
    /// or not ASCII text. Two empty strings if the receiver does not verify signatures.
    pub(super) fn signature_headers<'a>(&self, headers: &'a HeaderMap) -> Option<(&'a str, &'a str)> {
        if self.verifier.is_none() {
            return Some(("", ""));
        }
        let text = |name| headers.get(name)?.to_str().ok();
        Some((text(TIMESTAMP_HEADER)?, text(SIGNATURE_HEADER)?))
    }

    /// Returns the current time in seconds since 1970.
    fn now(&self) -> u64 {
        (self.clock)().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
    }
}

/// Sets the task of a receipt that has none. Returns `true` if the receipt has changed.
///
/// A callback that is stale, or whose body was received before, can be the only message with the task of a lost call.
/// It may have arrived late, or an earlier copy may have had another receipt in its address. A copy that an attacker
/// sends again changes nothing: the first task that a receipt gets from a callback stays, and a task from a response
/// wins.
async fn set_task(ledger: &dyn Ledger, receipt: Option<ReceiptId>, task_id: &str) -> Result<bool, LedgerError> {
    let Some(id) = receipt else { return Ok(false) };
    let Some(mut receipt) = ledger.find(ReceiptKey::Id(id)).await? else { return Ok(false) };
    let named = ReceiptUpdate::Named { task_id: task_id.to_owned() };
    let changes = receipt.task_id.is_none() && receipt.apply(&named, SystemTime::now());
    if changes {
        ledger.update(id, &named).await?;
    }
    Ok(changes)
}

/// Returns `true` for the callback of a MIDI task with notes. On the market route, the record of the task has no notes, so
/// the ledger keeps those of the callback.
fn has_notes(body: &[u8]) -> bool {
    // This check needs much less time than parsing the body. The key can be part of a text that is JSON.
    const KEY: &[u8] = b"instruments";
    let may_have_notes = body.len() <= MAX_BODY_BYTES && body.windows(KEY.len()).any(|part| part == KEY);
    let notes = || Callback::<Midi>::parse(body).ok()?.output();
    may_have_notes && notes().is_some_and(|notes| !notes.instruments.is_empty())
}

/// Returns the receipt id in the query of a callback address.
fn receipt(query: &str) -> Option<ReceiptId> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| *name == ReceiptId::PARAMETER)?.1.parse().ok()
}

/// Prints three fields: `is_signed` (`true` if signatures are verified), the ledger, and the number of tasks and
/// receipts for which code waits.
impl fmt::Debug for Receiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Receiver")
            .field("is_signed", &self.verifier.is_some())
            .field("ledger", &self.ledger.get())
            .field("waiters", &self.waiters)
            .finish_non_exhaustive()
    }
}

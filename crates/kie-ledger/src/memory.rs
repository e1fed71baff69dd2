//! A ledger in memory.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use tokio::{sync::Notify, time::Instant};

use crate::{
    error::LedgerError,
    ledger::{
        CallbackFeed, CallbackRecord, Ledger, LedgerFuture, MAX_BODY_BYTES, ReceiptKey, ReceivedCallback, SendPermit,
    },
    receipts::{Receipt, ReceiptId, ReceiptUpdate, SendId},
};

/// Maximum number of kept bodies.
const MAX_BODIES: usize = 1_024;
/// Maximum size of all kept bodies together, in bytes.
const MAX_BYTES: usize = 64 * 1024 * 1024;
/// Maximum number of callbacks that are kept for the feeds.
const MAX_FED: usize = 10_000;

/// A ledger in memory, for tests. Its receipts are lost when the process ends.
///
/// It keeps the [bodies](CallbackRecord::body) of at most 1,024 callbacks, and at most 64 MiB of them. If more bodies
/// come, it drops the oldest ones.
///
/// The ledger uses the clock of tokio, which a test can pause.
#[derive(Default)]
pub struct MemoryLedger(Arc<Shared>);

/// The part of a ledger that its feeds share.
#[derive(Default)]
struct Shared {
    tables: Mutex<Tables>,
    /// Wakes the feeds after a callback was recorded.
    recorded: Notify,
}

#[derive(Default)]
struct Tables {
    /// Receipts in the order in which they were written.
    receipts: Vec<Receipt>,
    positions: HashMap<ReceiptId, usize>,
    /// Instants of all sends, the oldest first.
    sends: Vec<Instant>,
    callbacks: HashSet<(String, String, [u8; 32])>,
    bodies: Bodies,
    fed: Fed,
    claims: HashMap<ReceiptId, Claim>,
}

/// Callbacks that are kept for the feeds, the oldest first.
#[derive(Default)]
struct Fed {
    kept: VecDeque<ReceivedCallback>,
    /// Number of the callbacks that were dropped, because they were the oldest.
    dropped: usize,
}

/// The feed of a ledger in memory.
struct MemoryFeed {
    ledger: Arc<Shared>,
    /// Number of the callbacks that the feed has returned. `None` before the first call.
    returned: Option<usize>,
}

/// Bodies of callbacks with the ids of their tasks, the oldest first.
#[derive(Default)]
struct Bodies {
    kept: VecDeque<(String, Vec<u8>)>,
    bytes: usize,
}

struct Claim {
    holder: String,
    since: Instant,
    lease: Duration,
}

impl MemoryLedger {
    /// Returns an empty ledger.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns a future that runs `work` as one transaction. The transaction runs when the future is polled for the
    /// first time.
    fn transact<'a, T: Send + 'a>(
        &'a self,
        work: impl FnOnce(&mut Tables) -> Result<T, LedgerError> + Send + 'a,
    ) -> LedgerFuture<'a, T> {
        Box::pin(async move { work(&mut self.0.tables()) })
    }
}

impl Shared {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MemoryLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryLedger").field("receipts", &self.0.tables().receipts.len()).finish_non_exhaustive()
    }
}

impl Tables {
    fn find(&self, key: ReceiptKey<'_>) -> Option<&Receipt> {
        match key {
            ReceiptKey::Id(id) => self.positions.get(&id).map(|&position| &self.receipts[position]),
            ReceiptKey::Name(name) => self.receipts.iter().find(|receipt| receipt.name.as_deref() == Some(name)),
            ReceiptKey::Task(task) => self.receipts.iter().find(|receipt| receipt.task_id.as_deref() == Some(task)),
        }
    }

    fn position(&self, id: ReceiptId) -> Result<usize, LedgerError> {
        self.positions.get(&id).copied().ok_or_else(|| LedgerError::new(format!("there is no receipt {id}")))
    }

    fn receipt(&mut self, id: ReceiptId) -> Result<&mut Receipt, LedgerError> {
        let position = self.position(id)?;
        Ok(&mut self.receipts[position])
    }

    /// Returns the time after which the rate limit allows one more call. Returns `None` if a call may be sent now.
    fn wait(&self, most: usize, span: Duration, now: Instant) -> Option<Duration> {
        let last = self.sends.len().checked_sub(most)?;
        let age = now.saturating_duration_since(*self.sends.get(last)?);
        span.checked_sub(age).filter(|wait| !wait.is_zero())
    }
}

impl Bodies {
    fn of_task(&self, task_id: &str) -> Option<&[u8]> {
        self.kept.iter().find(|(id, _)| id == task_id).map(|(_, body)| body.as_slice())
    }

    /// Keeps the first body of a task, and returns `true` if this is the first one. Drops the oldest bodies if there are
    /// too many.
    fn keep(&mut self, task_id: &str, body: &[u8]) -> bool {
        if self.of_task(task_id).is_some() {
            return false;
        }
        self.bytes += body.len();
        self.kept.push_back((task_id.to_owned(), body.to_vec()));
        while self.kept.len() > MAX_BODIES || self.bytes > MAX_BYTES {
            let Some((_, oldest)) = self.kept.pop_front() else { break };
            self.bytes -= oldest.len();
        }
        true
    }
}

impl Fed {
    fn push(&mut self, callback: ReceivedCallback) {
        self.kept.push_back(callback);
        if self.kept.len() > MAX_FED {
            self.kept.pop_front();
            self.dropped += 1;
        }
    }

    /// Returns the kept callbacks that follow the first `returned` ones.
    fn after(&self, returned: usize) -> Vec<ReceivedCallback> {
        self.kept.iter().skip(returned.saturating_sub(self.dropped)).cloned().collect()
    }
}

impl CallbackFeed for MemoryFeed {
    fn next(&mut self) -> LedgerFuture<'_, Vec<ReceivedCallback>> {
        Box::pin(async move {
            loop {
                let recorded = self.ledger.recorded.notified();
                let callbacks = {
                    let tables = self.ledger.tables();
                    let callbacks = tables.fed.after(self.returned.unwrap_or_default());
                    let is_first = self.returned.replace(tables.fed.dropped + tables.fed.kept.len()).is_none();
                    if is_first { Some(callbacks) } else { Some(callbacks).filter(|callbacks| !callbacks.is_empty()) }
                };
                match callbacks {
                    Some(callbacks) => return Ok(callbacks),
                    None => recorded.await,
                }
            }
        })
    }
}

impl fmt::Debug for MemoryFeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryFeed").field("returned", &self.returned).finish_non_exhaustive()
    }
}

impl Ledger for MemoryLedger {
    fn write<'a>(&'a self, receipt: &'a Receipt) -> LedgerFuture<'a, Option<Receipt>> {
        self.transact(move |tables| {
            let named = receipt.name.as_deref().and_then(|name| tables.find(ReceiptKey::Name(name)));
            let known = named.or_else(|| tables.find(ReceiptKey::Id(receipt.id))).cloned();
            if known.is_none() {
                tables.positions.insert(receipt.id, tables.receipts.len());
                tables.receipts.push(receipt.clone());
            }
            Ok(known)
        })
    }

    fn acquire_send(&self, id: ReceiptId, send: SendId, most: usize, span: Duration) -> LedgerFuture<'_, SendPermit> {
        self.transact(move |tables| {
            let now = Instant::now();
            let mut receipt = tables.receipt(id)?.clone();
            if !receipt.acquire_send(send, SystemTime::now()) {
                return Ok(SendPermit::Denied);
            }
            if let Some(wait) = tables.wait(most, span, now) {
                return Ok(SendPermit::RetryIn(wait));
            }
            tables.sends.push(now);
            *tables.receipt(id)? = receipt;
            Ok(SendPermit::Granted)
        })
    }

    fn update<'a>(&'a self, id: ReceiptId, update: &'a ReceiptUpdate) -> LedgerFuture<'a, ()> {
        self.transact(move |tables| {
            tables.receipt(id)?.apply(update, SystemTime::now());
            Ok(())
        })
    }

    fn receive<'a>(&'a self, callback: &'a CallbackRecord) -> LedgerFuture<'a, bool> {
        self.transact(move |tables| {
            let CallbackRecord { task_id, kind, digest, body, .. } = callback;
            let is_new = tables.callbacks.insert((task_id.clone(), kind.clone(), *digest));
            let mut is_told = is_new;
            if let Some(Ok(receipt)) = callback.receipt.map(|id| tables.receipt(id)) {
                is_told |= receipt.apply(&ReceiptUpdate::Named { task_id: task_id.clone() }, SystemTime::now());
            }
            if let Some(body) = body.as_ref().filter(|body| body.len() <= MAX_BODY_BYTES) {
                is_told |= tables.bodies.keep(task_id, body);
            }
            if is_told {
                let mut told = ReceivedCallback::new(task_id.clone(), *digest);
                told.receipt = callback.receipt;
                tables.fed.push(told);
                self.0.recorded.notify_waiters();
            }
            Ok(is_new)
        })
    }

    fn callback_body<'a>(&'a self, task_id: &'a str) -> LedgerFuture<'a, Option<Vec<u8>>> {
        self.transact(move |tables| Ok(tables.bodies.of_task(task_id).map(<[u8]>::to_vec)))
    }

    fn callback_feed(&self) -> Option<Box<dyn CallbackFeed>> {
        Some(Box::new(MemoryFeed { ledger: Arc::clone(&self.0), returned: None }))
    }

    fn find<'a>(&'a self, key: ReceiptKey<'a>) -> LedgerFuture<'a, Option<Receipt>> {
        self.transact(move |tables| Ok(tables.find(key).cloned()))
    }

    fn unfinished(&self, after: Option<ReceiptId>, most: usize) -> LedgerFuture<'_, Vec<Receipt>> {
        self.transact(move |tables| {
            let start = after.map_or(Ok(0), |id| tables.position(id).map(|position| position + 1))?;
            let unfinished = tables.receipts[start..].iter().filter(|receipt| !receipt.state.is_finished());
            Ok(unfinished.take(most).cloned().collect())
        })
    }

    fn recent(&self, before: Option<ReceiptId>, most: usize) -> LedgerFuture<'_, Vec<Receipt>> {
        self.transact(move |tables| {
            let end = before.map_or(Ok(tables.receipts.len()), |id| tables.position(id))?;
            Ok(tables.receipts[..end].iter().rev().take(most).cloned().collect())
        })
    }

    fn claim<'a>(&'a self, id: ReceiptId, holder: &'a str, lease: Duration) -> LedgerFuture<'a, Option<Receipt>> {
        self.transact(move |tables| {
            let now = Instant::now();
            let receipt = tables.receipt(id)?.clone();
            let is_held = tables.claims.get(&id).is_some_and(|claim| {
                claim.holder != holder && now.saturating_duration_since(claim.since) < claim.lease
            });
            if is_held {
                return Ok(None);
            }
            tables.claims.insert(id, Claim { holder: holder.to_owned(), since: now, lease });
            Ok(Some(receipt))
        })
    }

    fn release<'a>(&'a self, id: ReceiptId, holder: &'a str) -> LedgerFuture<'a, ()> {
        self.transact(move |tables| {
            if tables.claims.get(&id).is_some_and(|claim| claim.holder == holder) {
                tables.claims.remove(&id);
            }
            Ok(())
        })
    }
}

//! A ledger that ends with the process.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
};

use tokio::time::Instant;

use crate::{
    error::LedgerError,
    ledger::{CallbackRecord, Ledger, LedgerFuture, ReceiptKey, SendPermit},
    receipts::{Receipt, ReceiptId, ReceiptUpdate},
};

/// A ledger that is kept in memory, and ends with the process: for tests.
///
/// Its clock is tokio's, which a test can pause.
#[derive(Default)]
pub struct MemoryLedger(Mutex<Pages>);

#[derive(Default)]
struct Pages {
    /// In the order in which they were written.
    receipts: Vec<Receipt>,
    places: HashMap<ReceiptId, usize>,
    /// The oldest first.
    sends: Vec<Instant>,
    arrivals: HashSet<(String, String, [u8; 32])>,
    claims: HashMap<ReceiptId, Claim>,
}

struct Claim {
    holder: String,
    since: Instant,
    lease: Duration,
}

impl MemoryLedger {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Does something in one go when it is first polled.
    fn entry<'a, T: Send + 'a>(
        &'a self,
        work: impl FnOnce(&mut Pages) -> Result<T, LedgerError> + Send + 'a,
    ) -> LedgerFuture<'a, T> {
        Box::pin(async move { work(&mut self.pages()) })
    }

    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for MemoryLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryLedger").field("receipts", &self.pages().receipts.len()).finish_non_exhaustive()
    }
}

impl Pages {
    fn find(&self, key: ReceiptKey<'_>) -> Option<&Receipt> {
        match key {
            ReceiptKey::Id(id) => self.places.get(&id).map(|&place| &self.receipts[place]),
            ReceiptKey::Name(name) => self.receipts.iter().find(|receipt| receipt.name.as_deref() == Some(name)),
            ReceiptKey::Task(task) => self.receipts.iter().find(|receipt| receipt.task_id.as_deref() == Some(task)),
        }
    }

    fn receipt(&mut self, id: ReceiptId) -> Result<&mut Receipt, LedgerError> {
        let place = self.places.get(&id).ok_or_else(|| LedgerError::new(format!("there is no receipt {id}")))?;
        Ok(&mut self.receipts[*place])
    }

    /// How long it is until there is a place for one more departure.
    fn wait(&self, most: usize, span: Duration, now: Instant) -> Option<Duration> {
        let last = self.sends.len().checked_sub(most)?;
        let age = now.saturating_duration_since(*self.sends.get(last)?);
        span.checked_sub(age).filter(|wait| !wait.is_zero())
    }
}

impl Ledger for MemoryLedger {
    fn write<'a>(&'a self, receipt: &'a Receipt) -> LedgerFuture<'a, Option<Receipt>> {
        self.entry(move |pages| {
            let named = receipt.name.as_deref().and_then(|name| pages.find(ReceiptKey::Name(name)));
            let known = named.or_else(|| pages.find(ReceiptKey::Id(receipt.id))).cloned();
            if known.is_none() {
                pages.places.insert(receipt.id, pages.receipts.len());
                pages.receipts.push(receipt.clone());
            }
            Ok(known)
        })
    }

    fn acquire_send(&self, id: ReceiptId, most: usize, span: Duration) -> LedgerFuture<'_, SendPermit> {
        self.entry(move |pages| {
            let now = Instant::now();
            let mut receipt = pages.receipt(id)?.clone();
            let Some(number) = receipt.acquire_send(SystemTime::now()) else { return Ok(SendPermit::Denied) };
            if let Some(wait) = pages.wait(most, span, now) {
                return Ok(SendPermit::RetryIn(wait));
            }
            pages.sends.push(now);
            *pages.receipt(id)? = receipt;
            Ok(SendPermit::Granted(number))
        })
    }

    fn update<'a>(&'a self, id: ReceiptId, update: &'a ReceiptUpdate) -> LedgerFuture<'a, ()> {
        self.entry(move |pages| {
            pages.receipt(id)?.apply(update, SystemTime::now());
            Ok(())
        })
    }

    fn receive<'a>(&'a self, callback: &'a CallbackRecord) -> LedgerFuture<'a, bool> {
        self.entry(move |pages| {
            let CallbackRecord { task_id, kind, digest, .. } = callback;
            let is_new = pages.arrivals.insert((task_id.clone(), kind.clone(), *digest));
            if let Some(Ok(receipt)) = callback.receipt.filter(|_| is_new).map(|id| pages.receipt(id)) {
                receipt.apply(&ReceiptUpdate::Named { task_id: task_id.clone() }, SystemTime::now());
            }
            Ok(is_new)
        })
    }

    fn find<'a>(&'a self, key: ReceiptKey<'a>) -> LedgerFuture<'a, Option<Receipt>> {
        self.entry(move |pages| Ok(pages.find(key).cloned()))
    }

    fn unfinished(&self) -> LedgerFuture<'_, Vec<Receipt>> {
        self.entry(|pages| Ok(pages.receipts.iter().filter(|receipt| !receipt.state.is_finished()).cloned().collect()))
    }

    fn claim<'a>(&'a self, id: ReceiptId, holder: &'a str, lease: Duration) -> LedgerFuture<'a, Option<Receipt>> {
        self.entry(move |pages| {
            let now = Instant::now();
            let receipt = pages.receipt(id)?.clone();
            let is_held = pages.claims.get(&id).is_some_and(|claim| {
                claim.holder != holder && now.saturating_duration_since(claim.since) < claim.lease
            });
            if is_held {
                return Ok(None);
            }
            pages.claims.insert(id, Claim { holder: holder.to_owned(), since: now, lease });
            Ok(Some(receipt))
        })
    }

    fn release<'a>(&'a self, id: ReceiptId, holder: &'a str) -> LedgerFuture<'a, ()> {
        self.entry(move |pages| {
            if pages.claims.get(&id).is_some_and(|claim| claim.holder == holder) {
                pages.claims.remove(&id);
            }
            Ok(())
        })
    }
}

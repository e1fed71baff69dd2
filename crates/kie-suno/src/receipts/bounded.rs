//! A time limit for each operation of a ledger.

use std::time::{Duration, SystemTime};

use kie_ledger::{
    CallbackFeed, CallbackRecord, Ledger, LedgerError, LedgerFuture, Receipt, ReceiptId, ReceiptKey, ReceiptUpdate,
    SendId, SendPermit,
};
use tokio::time::timeout;

/// Time limit of one operation of a ledger. It is longer than the 10 seconds for which the SQLite ledger waits for
/// another process. If a ledger never answers, the caller gets an error after this time.
const LONGEST: Duration = Duration::from_secs(30);

/// A ledger whose methods fail with an error if they take longer than 30 seconds. Only its feed may wait longer.
#[derive(Debug)]
pub(crate) struct Bounded<L>(pub(crate) L);

fn bounded<'a, T: 'a>(operation: LedgerFuture<'a, T>) -> LedgerFuture<'a, T> {
    Box::pin(within(LONGEST, operation))
}

impl<L: Ledger> Ledger for Bounded<L> {
    fn now(&self) -> SystemTime {
        self.0.now()
    }

    fn write<'a>(&'a self, receipt: &'a Receipt) -> LedgerFuture<'a, Option<Receipt>> {
        bounded(self.0.write(receipt))
    }

    fn acquire_send(&self, id: ReceiptId, send: SendId, most: usize, span: Duration) -> LedgerFuture<'_, SendPermit> {
        bounded(self.0.acquire_send(id, send, most, span))
    }

    fn update<'a>(&'a self, id: ReceiptId, update: &'a ReceiptUpdate) -> LedgerFuture<'a, ()> {
        bounded(self.0.update(id, update))
    }

    fn receive<'a>(&'a self, callback: &'a CallbackRecord) -> LedgerFuture<'a, bool> {
        bounded(self.0.receive(callback))
    }

    fn callback_body<'a>(&'a self, task_id: &'a str) -> LedgerFuture<'a, Option<Vec<u8>>> {
        bounded(self.0.callback_body(task_id))
    }

    fn callback_feed(&self) -> Option<Box<dyn CallbackFeed>> {
        self.0.callback_feed()
    }

    fn find<'a>(&'a self, key: ReceiptKey<'a>) -> LedgerFuture<'a, Option<Receipt>> {
        bounded(self.0.find(key))
    }

    fn unfinished(&self, after: Option<ReceiptId>, most: usize) -> LedgerFuture<'_, Vec<Receipt>> {
        bounded(self.0.unfinished(after, most))
    }

    fn recent(&self, before: Option<ReceiptId>, most: usize) -> LedgerFuture<'_, Vec<Receipt>> {
        bounded(self.0.recent(before, most))
    }

    fn unreadable(&self) -> LedgerFuture<'_, Vec<ReceiptId>> {
        bounded(self.0.unreadable())
    }

    fn all_unreadable(&self) -> LedgerFuture<'_, Vec<ReceiptId>> {
        bounded(self.0.all_unreadable())
    }

    fn claim<'a>(&'a self, id: ReceiptId, holder: &'a str, lease: Duration) -> LedgerFuture<'a, Option<Receipt>> {
        bounded(self.0.claim(id, holder, lease))
    }

    fn release<'a>(&'a self, id: ReceiptId, holder: &'a str) -> LedgerFuture<'a, ()> {
        bounded(self.0.release(id, holder))
    }
}

/// Waits for an operation of a ledger. Returns an error if the operation takes longer than `time`.
pub(crate) async fn within<T>(time: Duration, operation: LedgerFuture<'_, T>) -> Result<T, LedgerError> {
    timeout(time, operation).await.unwrap_or_else(|_| {
        Err(LedgerError::new(format!("the ledger did not respond within {} seconds", time.as_secs())))
    })
}

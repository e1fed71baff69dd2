//! A ledger for which nobody waits longer than it may take.

use std::time::Duration;

use kie_ledger::{
    CallbackRecord, Ledger, LedgerError, LedgerFuture, Receipt, ReceiptId, ReceiptKey, ReceiptUpdate, SendPermit,
};
use tokio::time::timeout;

/// Longer than a ledger waits for another process, and shorter than most people for a song.
const LONGEST: Duration = Duration::from_secs(30);

/// A ledger of which each method fails that takes longer than 30 seconds.
#[derive(Debug)]
pub(crate) struct Bounded<L>(pub(crate) L);

fn bounded<'a, T: 'a>(entry: LedgerFuture<'a, T>) -> LedgerFuture<'a, T> {
    Box::pin(within(LONGEST, entry))
}

impl<L: Ledger> Ledger for Bounded<L> {
    fn write<'a>(&'a self, receipt: &'a Receipt) -> LedgerFuture<'a, Option<Receipt>> {
        bounded(self.0.write(receipt))
    }

    fn acquire_send(&self, id: ReceiptId, most: usize, span: Duration) -> LedgerFuture<'_, SendPermit> {
        bounded(self.0.acquire_send(id, most, span))
    }

    fn update<'a>(&'a self, id: ReceiptId, update: &'a ReceiptUpdate) -> LedgerFuture<'a, ()> {
        bounded(self.0.update(id, update))
    }

    fn receive<'a>(&'a self, callback: &'a CallbackRecord) -> LedgerFuture<'a, bool> {
        bounded(self.0.receive(callback))
    }

    fn find<'a>(&'a self, key: ReceiptKey<'a>) -> LedgerFuture<'a, Option<Receipt>> {
        bounded(self.0.find(key))
    }

    fn unfinished(&self) -> LedgerFuture<'_, Vec<Receipt>> {
        bounded(self.0.unfinished())
    }

    fn claim<'a>(&'a self, id: ReceiptId, holder: &'a str, lease: Duration) -> LedgerFuture<'a, Option<Receipt>> {
        bounded(self.0.claim(id, holder, lease))
    }

    fn release<'a>(&'a self, id: ReceiptId, holder: &'a str) -> LedgerFuture<'a, ()> {
        bounded(self.0.release(id, holder))
    }
}

/// What a ledger does, or an error if it takes longer.
pub(crate) async fn within<T>(time: Duration, entry: LedgerFuture<'_, T>) -> Result<T, LedgerError> {
    timeout(time, entry)
        .await
        .unwrap_or_else(|_| Err(LedgerError::new(format!("the ledger did not answer for {} seconds", time.as_secs()))))
}

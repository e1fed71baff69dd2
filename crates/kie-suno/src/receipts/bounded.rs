//! A ledger for which nobody waits longer than it may take.

use std::time::Duration;

use kie_ledger::{Arrival, Departure, Entry, Key, Ledger, LedgerError, News, Receipt, ReceiptId};
use tokio::time::timeout;

/// Longer than a ledger waits for another process, and shorter than most people for a song.
const LONGEST: Duration = Duration::from_secs(30);

/// A ledger of which each method fails that takes longer than 30 seconds.
#[derive(Debug)]
pub(crate) struct Bounded<L>(pub(crate) L);

fn bounded<'a, T: 'a>(entry: Entry<'a, T>) -> Entry<'a, T> {
    Box::pin(within(LONGEST, entry))
}

impl<L: Ledger> Ledger for Bounded<L> {
    fn write<'a>(&'a self, receipt: &'a Receipt) -> Entry<'a, Option<Receipt>> {
        bounded(self.0.write(receipt))
    }

    fn depart(&self, id: ReceiptId, most: usize, span: Duration) -> Entry<'_, Departure> {
        bounded(self.0.depart(id, most, span))
    }

    fn note<'a>(&'a self, id: ReceiptId, news: &'a News) -> Entry<'a, ()> {
        bounded(self.0.note(id, news))
    }

    fn receive<'a>(&'a self, arrival: &'a Arrival) -> Entry<'a, bool> {
        bounded(self.0.receive(arrival))
    }

    fn find<'a>(&'a self, key: Key<'a>) -> Entry<'a, Option<Receipt>> {
        bounded(self.0.find(key))
    }

    fn unfinished(&self) -> Entry<'_, Vec<Receipt>> {
        bounded(self.0.unfinished())
    }

    fn claim<'a>(&'a self, id: ReceiptId, holder: &'a str, lease: Duration) -> Entry<'a, Option<Receipt>> {
        bounded(self.0.claim(id, holder, lease))
    }

    fn release<'a>(&'a self, id: ReceiptId, holder: &'a str) -> Entry<'a, ()> {
        bounded(self.0.release(id, holder))
    }
}

/// What a ledger does, or an error if it takes longer.
pub(crate) async fn within<T>(time: Duration, entry: Entry<'_, T>) -> Result<T, LedgerError> {
    timeout(time, entry)
        .await
        .unwrap_or_else(|_| Err(LedgerError::new(format!("the ledger did not answer for {} seconds", time.as_secs()))))
}

//! The ledger itself: one connection, and a transaction for each method.

use std::{fmt, path::Path, sync::Arc, time::Duration};

use tokio::task::spawn_blocking;

use super::{
    error::SqliteError,
    file::{self, DatabaseFile},
    queue::{Kind, Queue},
    transaction::Transaction,
};
use crate::{
    error::LedgerError,
    ledger::{CallbackRecord, Ledger, LedgerFuture, ReceiptKey, SendPermit},
    receipts::{Receipt, ReceiptId, ReceiptUpdate},
};

/// A ledger in an SQLite file, which any number of processes of one machine can share.
///
/// * What a method wrote is on the disk when it returns. A process that is killed, or a machine that loses its power,
///   leaves a readable ledger.
/// * The clock is the machine's. If it is put back, what was written under the later time counts from now on:
///   nothing waits longer than its span or its lease, and no span ever holds too many departures. If it is put
///   forward, spans and leases of that moment end early.
/// * Finished receipts without a name, and the digests of callbacks, are cleared out once something in the ledger has changed
///   62 days after they did. That is how long the service keeps its own log. Unfinished receipts stay, and so do those with a
///   name, which is never sent twice. A few hundred rows are cleared after the first write of a process, and again after
///   every 128 writes.
/// * Calls that write at the same time share a transaction. Each returns after that is on the disk, and one that fails costs
///   the others nothing.
/// * A ledger in a file or a folder that cannot be written is opened for reading; calls that write fail. If no other process
///   has it open at that time, it is read as a file that nothing changes.
/// * The file of an earlier version is migrated when it is opened. A process of that version that has it open goes on.
/// * On Unix, a file that was moved, removed or replaced while it is open is an error for whatever is to be written.
///
/// The file must be on a disk of this machine: SQLite cannot share one over a network.
pub struct SqliteLedger {
    place: Arc<DatabaseFile>,
    queue: Arc<Queue>,
}

impl SqliteLedger {
    /// The ledger in this file, which is created if it is missing, with its folders. On Unix only its owner can read
    /// it then, for it holds prompts.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] if the file cannot be opened, is not a ledger, or was written by a newer version of this crate; and if
    /// another process keeps it locked for ten seconds, or migrates it for two minutes.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, LedgerError> {
        let path = path.as_ref().to_owned();
        let opened = spawn_blocking(move || file::open(&path)).await;
        let opened = opened.map_err(|error| LedgerError::new("the ledger's thread was stopped").with_source(error))?;
        let (place, connection) = opened.map_err(SqliteError::into_error)?;
        Ok(Self { place: Arc::new(place), queue: Queue::new(connection) })
    }

    /// Where its file is.
    pub fn path(&self) -> &Path {
        self.place.path()
    }

    fn writing<T: Send + 'static>(
        &self,
        work: impl Fn(Transaction<'_>) -> Result<T, SqliteError> + Send + 'static,
    ) -> LedgerFuture<'_, T> {
        let place = Arc::clone(&self.place);
        self.call(Kind::Write, move |book| {
            place.check()?;
            work(book)
        })
    }

    fn reading<T: Send + 'static>(
        &self,
        work: impl Fn(Transaction<'_>) -> Result<T, SqliteError> + Send + 'static,
    ) -> LedgerFuture<'_, T> {
        self.call(Kind::Read, work)
    }

    fn call<T: Send + 'static>(
        &self,
        kind: Kind,
        work: impl Fn(Transaction<'_>) -> Result<T, SqliteError> + Send + 'static,
    ) -> LedgerFuture<'_, T> {
        Box::pin(async move {
            if kind == Kind::Write {
                self.place.check_writable().map_err(SqliteError::into_error)?;
            }
            self.queue.call(kind, work).await
        })
    }
}

impl fmt::Debug for SqliteLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteLedger").field("path", &self.path()).finish_non_exhaustive()
    }
}

impl Ledger for SqliteLedger {
    fn write<'a>(&'a self, receipt: &'a Receipt) -> LedgerFuture<'a, Option<Receipt>> {
        let receipt = receipt.clone();
        self.writing(move |book| book.write(&receipt))
    }

    fn acquire_send(&self, id: ReceiptId, most: usize, span: Duration) -> LedgerFuture<'_, SendPermit> {
        self.writing(move |book| book.acquire_send(id, most, span))
    }

    fn update<'a>(&'a self, id: ReceiptId, update: &'a ReceiptUpdate) -> LedgerFuture<'a, ()> {
        let update = update.clone();
        let noting = self.call(Kind::Write, move |book| book.update(id, &update));
        // It has happened, and so it is written wherever the file is.
        Box::pin(async move {
            noting.await?;
            self.place.check().map_err(SqliteError::into_error)
        })
    }

    fn receive<'a>(&'a self, callback: &'a CallbackRecord) -> LedgerFuture<'a, bool> {
        let callback = callback.clone();
        self.writing(move |book| book.receive(&callback))
    }

    fn find<'a>(&'a self, key: ReceiptKey<'a>) -> LedgerFuture<'a, Option<Receipt>> {
        match key {
            ReceiptKey::Id(id) => self.reading(move |book| book.find(ReceiptKey::Id(id))),
            ReceiptKey::Name(name) => {
                let name = name.to_owned();
                self.reading(move |book| book.find(ReceiptKey::Name(&name)))
            }
            ReceiptKey::Task(task) => {
                let task = task.to_owned();
                self.reading(move |book| book.find(ReceiptKey::Task(&task)))
            }
        }
    }

    fn unfinished(&self) -> LedgerFuture<'_, Vec<Receipt>> {
        self.reading(|book| Ok(book.unfinished()?.0))
    }

    fn unreadable(&self) -> LedgerFuture<'_, Vec<ReceiptId>> {
        self.reading(|book| Ok(book.unfinished()?.1))
    }

    fn claim<'a>(&'a self, id: ReceiptId, holder: &'a str, lease: Duration) -> LedgerFuture<'a, Option<Receipt>> {
        let holder = holder.to_owned();
        self.writing(move |book| book.claim(id, &holder, lease))
    }

    fn release<'a>(&'a self, id: ReceiptId, holder: &'a str) -> LedgerFuture<'a, ()> {
        let holder = holder.to_owned();
        self.writing(move |book| book.release(id, &holder))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use rusqlite::Connection;
    use tempfile::TempDir;

    use super::*;

    async fn ledger() -> (TempDir, SqliteLedger) {
        let folder = tempfile::tempdir().unwrap();
        let ledger = SqliteLedger::open(folder.path().join("ledger.db")).await.unwrap();
        (folder, ledger)
    }

    fn receipt() -> Receipt {
        Receipt::new("generate-music", " ".repeat(4_000)).unwrap()
    }

    /// Lets the file grow to this number of pages.
    fn limit(ledger: &SqliteLedger, pages: i64) {
        ledger.queue.connection().pragma_update(None, "max_page_count", pages).unwrap();
    }

    #[tokio::test]
    async fn a_full_disk_is_an_error_and_loses_nothing() {
        let (_folder, ledger) = ledger().await;
        limit(&ledger, 40);
        let mut written = Vec::new();
        let error = loop {
            assert!(written.len() < 100, "forty pages hold less than that");
            let receipt = receipt();
            match ledger.write(&receipt).await {
                Ok(known) => assert_eq!(known, None),
                Err(error) => break error,
            }
            written.push(receipt);
        };
        assert_eq!(error.to_string(), "the disk is full, and the ledger cannot be written");
        assert_eq!(ledger.unfinished().await.unwrap(), written);
        limit(&ledger, 1_000);
        assert_eq!(ledger.write(&receipt()).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_file_that_others_keep_locked_is_an_error_and_then_goes_on() {
        let (_folder, ledger) = ledger().await;
        ledger.queue.connection().busy_timeout(Duration::from_millis(20)).unwrap();
        let other = Connection::open(ledger.path()).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let receipt = receipt();
        let error = ledger.write(&receipt).await.unwrap_err();
        assert_eq!(error.to_string(), "another process keeps the ledger locked");
        assert_eq!(ledger.unfinished().await.unwrap(), [], "reading goes on meanwhile");
        drop(other);
        assert_eq!(ledger.write(&receipt).await.unwrap(), None);
    }
}

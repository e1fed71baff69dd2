//! Implements the ledger with one connection to SQLite. Each method is one transaction.

use std::{fmt, path::Path, sync::Arc, time::Duration};

use tokio::task::spawn_blocking;

use super::{
    builder::SqliteLedgerBuilder,
    error::SqliteError,
    feed::SqliteFeed,
    file::{self, DatabaseFile},
    queue::{CallKind, Queue},
    transaction::Transaction,
};
use crate::{
    error::LedgerError,
    ledger::{CallbackFeed, CallbackRecord, Ledger, LedgerFuture, ReceiptKey, SendPermit},
    receipts::{Receipt, ReceiptId, ReceiptUpdate, SendId},
};

/// A ledger in an SQLite file, which any number of processes of one machine can share.
///
/// * When a method returns, its changes are on the disk. If the process is killed or the machine loses its power, the
///   ledger stays readable.
/// * The ledger uses the system clock. If the clock is set back, times that are now in the future are replaced by the
///   current time. So no call waits longer than the span of the rate limit or the lease, and no span contains more
///   than the permitted number of sends. If the clock is set forward, the current spans and leases end early.
/// * Finished receipts without a name are removed 62 days after their last change, unless
///   [another time](SqliteLedgerBuilder::keep_finished) is set. The digests and
///   [bodies](CallbackRecord::body) of callbacks are removed 62 days after the callback. A task has at most one body,
///   of at most 4 MiB. The number of bodies within the 62 days is not limited. The service stores its own log for the same time. The time is counted
///   back from the latest change of any receipt in the ledger, or from the current time if the current time is earlier.
///   Unfinished receipts are not removed. Receipts with a name are not removed either, so a call with this name is
///   never sent twice.
/// * Old receipts and callbacks are removed in batches of at most 256 receipts and 256 callbacks. The first batch
///   follows the first write after the ledger was opened. After a full batch, the next batch follows the next write.
///   After any other batch, the next batch follows about 128 writes later.
/// * Calls that write at the same time share a transaction. Each call returns after the commit of this transaction.
///   If one call fails, the changes of the other calls are still committed.
/// * If the file or its folder cannot be written, the ledger is opened for reading, and calls that write fail. If no
///   other process has the file open at that time, SQLite assumes that no process changes the file later.
/// * A file of an earlier schema version is migrated when it is opened. A process of the earlier version that has the
///   file open can continue to use it.
/// * A callback that one process records wakes the waits of the clients in the other processes: while a client waits for a
///   task, it reads the file four times per second.
/// * On Unix, calls that write fail if the file was moved, removed or replaced while it was open.
///
/// The file must be on a disk of this machine, because SQLite cannot share a file over a network.
pub struct SqliteLedger {
    file: Arc<DatabaseFile>,
    queue: Arc<Queue>,
}

impl SqliteLedger {
    /// Opens the ledger in this file. Creates the file and its folders if they are missing. On Unix, only the owner
    /// can read a created file, because it contains prompts.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] if the file cannot be opened, is not a ledger, or was written by a newer version of this
    /// crate. The same error is returned if another process locks the file for more than ten seconds, or migrates the
    /// file for more than two minutes.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, LedgerError> {
        Self::builder().open(path).await
    }

    /// Returns the options of a ledger, with their default values.
    pub fn builder() -> SqliteLedgerBuilder {
        SqliteLedgerBuilder::new()
    }

    pub(super) async fn open_with(path: &Path, keep_finished: Duration) -> Result<Self, LedgerError> {
        let path = path.to_owned();
        let opened = spawn_blocking(move || file::open(&path)).await;
        let opened = opened.map_err(|error| LedgerError::new("the ledger's thread was stopped").with_source(error))?;
        let (file, connection) = opened.map_err(SqliteError::into_error)?;
        Ok(Self { file: Arc::new(file), queue: Queue::new(connection, keep_finished) })
    }

    /// Returns the absolute path of the ledger's file.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    fn writing<T: Send + 'static>(
        &self,
        work: impl Fn(Transaction<'_>) -> Result<T, SqliteError> + Send + 'static,
    ) -> LedgerFuture<'_, T> {
        let file = Arc::clone(&self.file);
        self.call(CallKind::Write, move |transaction| {
            file.check()?;
            work(transaction)
        })
    }

    fn reading<T: Send + 'static>(
        &self,
        work: impl Fn(Transaction<'_>) -> Result<T, SqliteError> + Send + 'static,
    ) -> LedgerFuture<'_, T> {
        self.call(CallKind::Read, work)
    }

    fn call<T: Send + 'static>(
        &self,
        kind: CallKind,
        work: impl Fn(Transaction<'_>) -> Result<T, SqliteError> + Send + 'static,
    ) -> LedgerFuture<'_, T> {
        Box::pin(async move {
            if kind == CallKind::Write {
                self.file.check_writable().map_err(SqliteError::into_error)?;
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
        self.writing(move |transaction| transaction.write(&receipt))
    }

    fn acquire_send(&self, id: ReceiptId, send: SendId, most: usize, span: Duration) -> LedgerFuture<'_, SendPermit> {
        self.writing(move |transaction| transaction.acquire_send(id, send, (most, span)))
    }

    fn update<'a>(&'a self, id: ReceiptId, update: &'a ReceiptUpdate) -> LedgerFuture<'a, ()> {
        let update = update.clone();
        let updating = self.call(CallKind::Write, move |transaction| transaction.update(id, &update));
        // The update describes an event that has already happened. So it is written even if the file was moved, and
        // the call fails afterwards.
        Box::pin(async move {
            updating.await?;
            self.file.check().map_err(SqliteError::into_error)
        })
    }

    fn receive<'a>(&'a self, callback: &'a CallbackRecord) -> LedgerFuture<'a, bool> {
        let callback = callback.clone();
        self.writing(move |transaction| transaction.receive(&callback))
    }

    fn callback_body<'a>(&'a self, task_id: &'a str) -> LedgerFuture<'a, Option<Vec<u8>>> {
        let task_id = task_id.to_owned();
        self.reading(move |transaction| transaction.callback_body(&task_id))
    }

    fn callback_feed(&self) -> Option<Box<dyn CallbackFeed>> {
        Some(Box::new(SqliteFeed::new(Arc::clone(&self.queue))))
    }

    fn find<'a>(&'a self, key: ReceiptKey<'a>) -> LedgerFuture<'a, Option<Receipt>> {
        match key {
            ReceiptKey::Id(id) => self.reading(move |transaction| transaction.find(ReceiptKey::Id(id))),
            ReceiptKey::Name(name) => {
                let name = name.to_owned();
                self.reading(move |transaction| transaction.find(ReceiptKey::Name(&name)))
            }
            ReceiptKey::Task(task) => {
                let task = task.to_owned();
                self.reading(move |transaction| transaction.find(ReceiptKey::Task(&task)))
            }
        }
    }

    fn unfinished(&self, after: Option<ReceiptId>, most: usize) -> LedgerFuture<'_, Vec<Receipt>> {
        self.reading(move |transaction| transaction.unfinished(after, most))
    }

    fn recent(&self, before: Option<ReceiptId>, most: usize) -> LedgerFuture<'_, Vec<Receipt>> {
        self.reading(move |transaction| transaction.recent(before, most))
    }

    fn unreadable(&self) -> LedgerFuture<'_, Vec<ReceiptId>> {
        self.reading(|transaction| transaction.unreadable())
    }

    fn all_unreadable(&self) -> LedgerFuture<'_, Vec<ReceiptId>> {
        self.reading(|transaction| transaction.all_unreadable())
    }

    fn claim<'a>(&'a self, id: ReceiptId, holder: &'a str, lease: Duration) -> LedgerFuture<'a, Option<Receipt>> {
        let holder = holder.to_owned();
        self.writing(move |transaction| transaction.claim(id, &holder, lease))
    }

    fn release<'a>(&'a self, id: ReceiptId, holder: &'a str) -> LedgerFuture<'a, ()> {
        let holder = holder.to_owned();
        self.writing(move |transaction| transaction.release(id, &holder))
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

    /// Limits the size of the file to `pages` pages of SQLite.
    fn limit_pages(ledger: &SqliteLedger, pages: i64) {
        ledger.queue.connection().pragma_update(None, "max_page_count", pages).unwrap();
    }

    #[tokio::test]
    async fn a_write_to_a_full_disk_fails_and_loses_no_receipt() {
        let (_folder, ledger) = ledger().await;
        limit_pages(&ledger, 40);
        let mut written = Vec::new();
        let error = loop {
            assert!(written.len() < 100, "100 receipts do not fit into forty pages");
            let receipt = receipt();
            match ledger.write(&receipt).await {
                Ok(known) => assert_eq!(known, None),
                Err(error) => break error,
            }
            written.push(receipt);
        };
        assert_eq!(error.to_string(), "the disk is full, and the ledger cannot be written");
        assert_eq!(ledger.unfinished(None, usize::MAX).await.unwrap(), written);
        limit_pages(&ledger, 1_000);
        assert_eq!(ledger.write(&receipt()).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_write_to_a_locked_file_fails_and_later_writes_succeed() {
        let (_folder, ledger) = ledger().await;
        ledger.queue.connection().busy_timeout(Duration::from_millis(20)).unwrap();
        let other = Connection::open(ledger.path()).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let receipt = receipt();
        let error = ledger.write(&receipt).await.unwrap_err();
        assert_eq!(error.to_string(), "another process keeps the ledger locked");
        assert_eq!(ledger.unfinished(None, usize::MAX).await.unwrap(), [], "the file can be read while it is locked");
        drop(other);
        assert_eq!(ledger.write(&receipt).await.unwrap(), None);
    }
}

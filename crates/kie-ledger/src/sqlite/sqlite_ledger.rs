//! The ledger in an SQLite file: one connection, and one transaction for each method.

use std::{
    fmt,
    path::Path,
    sync::Arc,
    time::{Duration, SystemTime},
};

use rusqlite::{Connection, TransactionBehavior};
use tokio::{sync::Mutex, task::spawn_blocking};

use super::{
    error::SqliteError,
    file::{self, DatabaseFile},
    transaction::Transaction,
};
use crate::{
    error::LedgerError,
    ledger::{CallbackRecord, Ledger, LedgerFuture, ReceiptKey, SendPermit},
    receipts::{Receipt, ReceiptId, ReceiptUpdate},
};

/// A ledger in an SQLite file, which any number of processes on one machine can share.
///
/// * When a method returns, its data is on the disk. The ledger stays readable after a process was killed or the
///   machine lost power.
/// * It uses the machine's clock. If the clock is put back, times that were written before count from now on: no wait
///   is longer than its span or its lease, and the rate limit is kept. If the clock is put forward, current spans and
///   leases end early.
/// * Finished receipts without a name, and the digests of callbacks, are removed when the ledger is opened, if the last
///   change in the ledger is more than 62 days after theirs. The service keeps its own log for that time. Unfinished
///   receipts stay. Receipts with a name stay too, so that a name is never sent twice.
/// * On Unix, writing fails if the file was moved, removed or replaced while it is open.
///
/// The file must be on a local disk: SQLite cannot share a file over a network.
pub struct SqliteLedger {
    file: Arc<DatabaseFile>,
    /// This lock is taken before a thread is started, in the order of the calls, so a waiting call needs no thread.
    connection: Arc<Mutex<Connection>>,
}

impl SqliteLedger {
    /// Opens the ledger in this file. A missing file is created, with its directories. On Unix, only the owner can read
    /// a new file, because it contains prompts.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] if the file cannot be opened and written, is not a ledger, or was written by a newer version of
    /// this crate, and if another process keeps it locked for ten seconds.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, LedgerError> {
        let path = path.as_ref().to_owned();
        let opening = spawn_blocking(move || {
            let (file, connection) = file::open(&path, SystemTime::now())?;
            Ok(Self { file: Arc::new(file), connection: Arc::new(Mutex::new(connection)) })
        });
        finish(opening).await
    }

    /// Returns the path of the file.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// Runs the work in one transaction on another thread. Once started, it runs to its end, even if the future is
    /// dropped.
    fn transact<T: Send + 'static>(
        &self,
        behavior: TransactionBehavior,
        work: impl FnOnce(Transaction<'_>) -> Result<T, SqliteError> + Send + 'static,
    ) -> LedgerFuture<'_, T> {
        Box::pin(async move {
            let mut connection = Arc::clone(&self.connection).lock_owned().await;
            let working = spawn_blocking(move || {
                let sql = connection.transaction_with_behavior(behavior)?;
                // The clock is read while the file is locked, so that times follow the order of writing.
                let done = work(Transaction::new(&sql, SystemTime::now()))?;
                sql.commit()?;
                Ok(done)
            });
            finish(working).await
        })
    }

    fn writing<T: Send + 'static>(
        &self,
        work: impl FnOnce(Transaction<'_>) -> Result<T, SqliteError> + Send + 'static,
    ) -> LedgerFuture<'_, T> {
        let file = Arc::clone(&self.file);
        self.transact(TransactionBehavior::Immediate, move |transaction| {
            file.check()?;
            work(transaction)
        })
    }

    fn reading<T: Send + 'static>(
        &self,
        work: impl FnOnce(Transaction<'_>) -> Result<T, SqliteError> + Send + 'static,
    ) -> LedgerFuture<'_, T> {
        self.transact(TransactionBehavior::Deferred, work)
    }
}

async fn finish<T>(thread: tokio::task::JoinHandle<Result<T, SqliteError>>) -> Result<T, LedgerError> {
    let done = thread.await.map_err(|error| LedgerError::new("the ledger's thread was stopped").with_source(error))?;
    done.map_err(SqliteError::into_error)
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

    fn acquire_send(&self, id: ReceiptId, most: usize, span: Duration) -> LedgerFuture<'_, SendPermit> {
        self.writing(move |transaction| transaction.acquire_send(id, most, span))
    }

    fn update<'a>(&'a self, id: ReceiptId, update: &'a ReceiptUpdate) -> LedgerFuture<'a, ()> {
        let (update, file) = (update.clone(), Arc::clone(&self.file));
        let updating =
            self.transact(TransactionBehavior::Immediate, move |transaction| transaction.update(id, &update));
        // The update has happened already, so it is written even if the file was moved. The error is reported
        // afterwards.
        Box::pin(async move {
            updating.await?;
            file.check().map_err(SqliteError::into_error)
        })
    }

    fn receive<'a>(&'a self, callback: &'a CallbackRecord) -> LedgerFuture<'a, bool> {
        let callback = callback.clone();
        self.writing(move |transaction| transaction.receive(&callback))
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

    fn unfinished(&self) -> LedgerFuture<'_, Vec<Receipt>> {
        self.reading(|transaction| transaction.unfinished())
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

    use kie_types::Stage;
    use tempfile::TempDir;

    use super::*;
    use crate::sqlite::moments;

    async fn ledger() -> (TempDir, SqliteLedger) {
        let folder = tempfile::tempdir().unwrap();
        let ledger = SqliteLedger::open(folder.path().join("ledger.db")).await.unwrap();
        (folder, ledger)
    }

    fn receipt() -> Receipt {
        Receipt::new("generate-music", " ".repeat(4_000)).unwrap()
    }

    #[tokio::test]
    async fn a_full_disk_is_an_error_and_loses_nothing() {
        let (_folder, ledger) = ledger().await;
        let limit = |pages: i64| {
            let connection = ledger.connection.clone();
            async move { connection.lock().await.pragma_update(None, "max_page_count", pages).unwrap() }
        };
        limit(40).await;
        let mut written = Vec::new();
        let error = loop {
            assert!(written.len() < 100, "forty pages hold fewer receipts");
            let receipt = receipt();
            match ledger.write(&receipt).await {
                Ok(known) => assert_eq!(known, None),
                Err(error) => break error,
            }
            written.push(receipt);
        };
        assert_eq!(error.to_string(), "the disk is full, and the ledger cannot be written");
        assert_eq!(ledger.unfinished().await.unwrap(), written);
        limit(1_000).await;
        assert_eq!(ledger.write(&receipt()).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_locked_file_is_an_error_and_works_again_later() {
        let (_folder, ledger) = ledger().await;
        ledger.connection.lock().await.busy_timeout(Duration::from_millis(20)).unwrap();
        let other = Connection::open(ledger.path()).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let receipt = receipt();
        let error = ledger.write(&receipt).await.unwrap_err();
        assert_eq!(error.to_string(), "another process keeps the ledger locked");
        assert_eq!(ledger.unfinished().await.unwrap(), [], "reading still works");
        drop(other);
        assert_eq!(ledger.write(&receipt).await.unwrap(), None);
    }

    #[tokio::test]
    async fn only_finished_receipts_are_removed_after_two_months() {
        let (_folder, ledger) = ledger().await;
        let [running, saved, mut named] = [receipt(), receipt(), receipt()];
        named.name = Some("order-4711".into());
        for receipt in [&running, &saved, &named] {
            ledger.write(receipt).await.unwrap();
            ledger.update(receipt.id, &ReceiptUpdate::Reached { stage: Stage::Complete }).await.unwrap();
        }
        for receipt in [&saved, &named] {
            ledger.update(receipt.id, &ReceiptUpdate::Saved { files: Vec::new() }).await.unwrap();
        }
        ledger.claim(saved.id, "ann", Duration::MAX).await.unwrap();
        let callback = CallbackRecord::new("task", [7; 32]);
        assert!(ledger.receive(&callback).await.unwrap());

        let changed = |receipt: &Receipt, time: SystemTime| {
            let (id, connection) = (receipt.id.to_string(), ledger.connection.clone());
            let millis = moments::nanos(time) / 1_000_000;
            let set = "UPDATE receipts SET receipt = json_set(receipt, '$.changed', ?1) WHERE id = ?2";
            async move { connection.lock().await.execute(set, (millis, id)).unwrap() }
        };
        // A clock that is wrong for a moment removes nothing. Data is removed after a later change in the ledger.
        for (days, has_changed, is_kept) in [(61, true, true), (36_500, false, true), (63, true, false)] {
            let later = SystemTime::now() + Duration::from_secs(days * 24 * 60 * 60);
            if has_changed {
                changed(&running, later).await;
            }
            drop(file::open(ledger.path(), later).unwrap());
            assert!(ledger.find(ReceiptKey::Id(running.id)).await.unwrap().is_some());
            assert!(ledger.find(ReceiptKey::Name("order-4711")).await.unwrap().is_some(), "it is never sent again");
            assert_eq!(ledger.find(ReceiptKey::Id(saved.id)).await.unwrap().is_some(), is_kept);
            assert_eq!(ledger.receive(&callback).await.unwrap(), !is_kept);
        }
    }
}

//! The ledger itself: one connection, and a transaction for each method.

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

/// A ledger in an SQLite file, which any number of processes of one machine can share.
///
/// * What a method wrote is on the disk when it returns. A process that is killed, or a machine that loses its power,
///   leaves a readable ledger.
/// * The clock is the machine's. If it is put back, what was written under the later time counts from now on:
///   nothing waits longer than its span or its lease, and no span ever holds too many departures. If it is put
///   forward, spans and leases of that moment end early.
/// * Finished receipts without a name, and the digests of callbacks, are cleared out when the ledger is opened and something
///   in it has changed 62 days after they did. That is how long the service keeps its own log. Unfinished receipts stay,
///   and so do those with a name, which is never sent twice.
/// * On Unix, a file that was moved, removed or replaced while it is open is an error for whatever is to be written.
///
/// The file must be on a disk of this machine: SQLite cannot share one over a network.
pub struct SqliteLedger {
    place: Arc<DatabaseFile>,
    /// The lock is taken before a thread is, in the order of asking, so that waiting costs no thread.
    connection: Arc<Mutex<Connection>>,
}

impl SqliteLedger {
    /// The ledger in this file, which is created if it is missing, with its folders. On Unix only its owner can read
    /// it then, for it holds prompts.
    ///
    /// # Errors
    ///
    /// [`LedgerError`] if the file cannot be opened and written, is not a ledger, or was written by a newer version of
    /// this crate; and if another process keeps it locked for ten seconds.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, LedgerError> {
        let path = path.as_ref().to_owned();
        let opening = spawn_blocking(move || {
            let (place, connection) = file::open(&path, SystemTime::now())?;
            Ok(Self { place: Arc::new(place), connection: Arc::new(Mutex::new(connection)) })
        });
        finish(opening).await
    }

    /// Where its file is.
    pub fn path(&self) -> &Path {
        self.place.path()
    }

    /// Does something in one transaction. Once the thread has begun, it goes on to the end, whoever waits for it.
    fn transact<T: Send + 'static>(
        &self,
        behavior: TransactionBehavior,
        work: impl FnOnce(Transaction<'_>) -> Result<T, SqliteError> + Send + 'static,
    ) -> LedgerFuture<'_, T> {
        Box::pin(async move {
            let mut connection = Arc::clone(&self.connection).lock_owned().await;
            let working = spawn_blocking(move || {
                let sql = connection.transaction_with_behavior(behavior)?;
                // The clock is read under the file's lock, so that times follow the order of writing.
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
        let place = Arc::clone(&self.place);
        self.transact(TransactionBehavior::Immediate, move |book| {
            place.check()?;
            work(book)
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
        self.writing(move |book| book.write(&receipt))
    }

    fn acquire_send(&self, id: ReceiptId, most: usize, span: Duration) -> LedgerFuture<'_, SendPermit> {
        self.writing(move |book| book.acquire_send(id, most, span))
    }

    fn update<'a>(&'a self, id: ReceiptId, update: &'a ReceiptUpdate) -> LedgerFuture<'a, ()> {
        let (update, place) = (update.clone(), Arc::clone(&self.place));
        let noting = self.transact(TransactionBehavior::Immediate, move |book| book.update(id, &update));
        // It has happened, and so it is written wherever the file is.
        Box::pin(async move {
            noting.await?;
            place.check().map_err(SqliteError::into_error)
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
        self.reading(|book| book.unfinished())
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
        limit(1_000).await;
        assert_eq!(ledger.write(&receipt()).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_file_that_others_keep_locked_is_an_error_and_then_goes_on() {
        let (_folder, ledger) = ledger().await;
        ledger.connection.lock().await.busy_timeout(Duration::from_millis(20)).unwrap();
        let other = Connection::open(ledger.path()).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let receipt = receipt();
        let error = ledger.write(&receipt).await.unwrap_err();
        assert_eq!(error.to_string(), "another process keeps the ledger locked");
        assert_eq!(ledger.unfinished().await.unwrap(), [], "reading goes on meanwhile");
        drop(other);
        assert_eq!(ledger.write(&receipt).await.unwrap(), None);
    }

    #[tokio::test]
    async fn what_is_finished_is_cleared_out_after_two_months_and_nothing_else() {
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
        // A clock that is wrong for a moment makes nothing forgotten; that something has changed later does.
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

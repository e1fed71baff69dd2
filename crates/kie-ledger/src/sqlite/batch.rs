//! Runs all calls that write at the same time in one transaction.

use rusqlite::{Connection, Error, ffi};

use super::{
    queue::QueuedCall,
    statements::{BEGIN_CALL, BEGIN_IMMEDIATE, COMMIT, END_CALL, ROLLBACK, UNDO_CALL},
};

/// Runs all calls in one transaction and commits the transaction. Then sends each caller the result of its call. If
/// one call fails, only the changes of this call are undone.
pub(super) fn write(sql: &Connection, mut jobs: Vec<Box<dyn QueuedCall>>) {
    if let Err(error) = BEGIN_IMMEDIATE.run(sql, ()) {
        for job in &mut jobs {
            job.fail(copy(&error).into());
        }
    } else if let [job] = &mut jobs[..] {
        run_alone(sql, job);
    } else if !run_together(sql, &mut jobs) {
        // The shared transaction failed, so each call runs again in its own transaction.
        roll_back(sql);
        for job in &mut jobs {
            match BEGIN_IMMEDIATE.run(sql, ()) {
                Ok(_) => run_alone(sql, job),
                Err(error) => job.fail(error.into()),
            }
        }
    }
    jobs.into_iter().for_each(QueuedCall::respond);
}

/// Rolls back the open transaction. Does nothing if no transaction is open.
pub(super) fn roll_back(sql: &Connection) {
    // After some errors, SQLite has already rolled back the transaction itself.
    if !sql.is_autocommit()
        && let Err(error) = ROLLBACK.run(sql, ())
    {
        tracing::debug!(%error, "a transaction of the ledger could not be rolled back");
    }
}

/// Runs one call in the open transaction. Commits the transaction if the call succeeds, and rolls it back otherwise.
fn run_alone(sql: &Connection, job: &mut Box<dyn QueuedCall>) {
    if job.run(sql) {
        match COMMIT.run(sql, ()) {
            Ok(_) => return,
            Err(error) => job.fail(error.into()),
        }
    }
    roll_back(sql);
}

/// Runs all calls in the open transaction, and commits the transaction. Returns `false` if the transaction could not be
/// committed.
fn run_together(sql: &Connection, jobs: &mut [Box<dyn QueuedCall>]) -> bool {
    for job in jobs {
        if BEGIN_CALL.run(sql, ()).is_err() {
            return false;
        }
        let is_done = job.run(sql);
        // Some errors, such as a full disk, end the whole transaction.
        let is_open = !sql.is_autocommit() && (is_done || UNDO_CALL.run(sql, ()).is_ok());
        if !is_open || END_CALL.run(sql, ()).is_err() {
            return false;
        }
    }
    COMMIT.run(sql, ()).is_ok()
}

/// Returns a copy of the error, because every call of the transaction gets the error.
fn copy(error: &Error) -> Error {
    match error {
        Error::SqliteFailure(code, what) => Error::SqliteFailure(*code, what.clone()),
        other => Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_ERROR), Some(other.to_string())),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::{path::PathBuf, sync::Arc, time::Duration};

    use tempfile::TempDir;
    use tokio::task::{JoinSet, spawn_blocking};

    use super::*;
    use crate::{
        error::LedgerError,
        receipts::{Receipt, ReceiptUpdate},
        sqlite::{
            error::SqliteError,
            file,
            queue::{CallKind, Queue},
            retention::RETENTION,
            transaction::Transaction,
        },
    };

    /// Number of calls that a test makes at the same time.
    const CALLS: usize = 64;

    struct OpenedLedger {
        queue: Arc<Queue>,
        path: PathBuf,
        _folder: TempDir,
    }

    impl OpenedLedger {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("ledger.db");
            Self { queue: Queue::new(file::open(&path).unwrap().1, RETENTION), path, _folder: folder }
        }

        /// Makes [`CALLS`] calls while another thread locks the connection, so that the calls share a transaction.
        /// Each call gets its number. Returns the results in the order of the numbers.
        async fn call_at_once(
            &self,
            call: impl Fn(Transaction<'_>, usize) -> Result<(), SqliteError> + Copy + Send + 'static,
        ) -> Vec<Result<(), LedgerError>> {
            let (hold, is_held) = tokio::sync::oneshot::channel();
            let (release, is_released) = std::sync::mpsc::channel();
            let queue = Arc::clone(&self.queue);
            let holding = spawn_blocking(move || {
                let _connection = queue.connection();
                hold.send(()).unwrap();
                is_released.recv().unwrap();
            });
            is_held.await.unwrap();
            let mut running = JoinSet::new();
            for number in 0..CALLS {
                let queue = Arc::clone(&self.queue);
                running.spawn(async move {
                    (number, queue.call(CallKind::Write, move |transaction| call(transaction, number)).await)
                });
            }
            // The test runs on one thread, so each yield polls spawned tasks. After ten yields, every call is in the
            // queue.
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
            release.send(()).unwrap();
            holding.await.unwrap();
            let mut results = running.join_all().await;
            results.sort_by_key(|(number, _)| *number);
            results.into_iter().map(|(_, result)| result).collect()
        }

        /// Returns the numbers of the calls whose receipts are in the ledger.
        async fn written(&self) -> Vec<usize> {
            let receipts =
                self.queue.call(CallKind::Read, |transaction| transaction.unfinished(None, CALLS)).await.unwrap();
            receipts.iter().map(|receipt| receipt.operation.parse().unwrap()).collect()
        }

        /// Returns the number of commits in SQLite's write-ahead log. If a frame ends a transaction, bytes 4 to 7 of
        /// the frame contain the size of the database file. In all other frames, these bytes are 0.
        fn commits(&self) -> usize {
            const HEADER: usize = 32;
            const FRAME: usize = 24 + 4096;
            let log = std::fs::read(format!("{}-wal", self.path.display())).unwrap();
            log[HEADER..].chunks_exact(FRAME).filter(|frame| frame[4..8] != [0; 4]).count()
        }
    }

    /// Returns a receipt of about 4,000 bytes. The name of its operation is the number.
    fn receipt(number: usize) -> Receipt {
        Receipt::new(number.to_string(), " ".repeat(4_000)).unwrap()
    }

    fn write(transaction: &Transaction<'_>, number: usize) -> Result<(), SqliteError> {
        transaction.write(&receipt(number)).map(|known| assert_eq!(known, None))
    }

    /// Returns the numbers of the calls that succeeded. Asserts that all other calls failed with this error text.
    fn succeeded(results: &[Result<(), LedgerError>], error: &str) -> Vec<usize> {
        let mut succeeded = Vec::new();
        for (number, result) in results.iter().enumerate() {
            match result {
                Ok(()) => succeeded.push(number),
                Err(other) => assert_eq!(other.to_string(), error),
            }
        }
        succeeded
    }

    #[tokio::test]
    async fn calls_at_the_same_time_share_one_commit() {
        let ledger = OpenedLedger::new();
        let before = ledger.commits();
        let results = ledger.call_at_once(|transaction, number| write(&transaction, number)).await;
        assert_eq!(succeeded(&results, ""), (0..CALLS).collect::<Vec<_>>());
        assert_eq!(
            ledger.written().await,
            (0..CALLS).collect::<Vec<_>>(),
            "the receipts are in the order of the calls"
        );
        assert_eq!(ledger.commits(), before + 1);
    }

    #[tokio::test]
    async fn a_failed_call_does_not_affect_the_other_calls() {
        let ledger = OpenedLedger::new();
        let before = ledger.commits();
        let results = ledger
            .call_at_once(|transaction, number| {
                write(&transaction, number)?;
                assert_ne!(number, 7, "on purpose");
                if number % 4 == 0 { Err(LedgerError::new("no").into()) } else { Ok(()) }
            })
            .await;
        assert_eq!(results[7].as_ref().unwrap_err().to_string(), "a call of the ledger panicked");
        let expected: Vec<usize> = (0..CALLS).filter(|number| number % 4 != 0 && *number != 7).collect();
        let (first, last) = results.split_at(7);
        assert_eq!(succeeded(first, "no"), expected[..5]);
        assert_eq!(succeeded(&last[1..], "no").len(), expected.len() - 5);
        assert_eq!(ledger.written().await, expected, "a failed call has written nothing");
        assert_eq!(ledger.commits(), before + 1);
    }

    #[tokio::test]
    async fn calls_before_the_disk_is_full_are_written_and_later_calls_fail() {
        let ledger = OpenedLedger::new();
        ledger.queue.connection().pragma_update(None, "max_page_count", 80).unwrap();
        let results = ledger.call_at_once(|transaction, number| write(&transaction, number)).await;
        let written = succeeded(&results, "the disk is full, and the ledger cannot be written");
        assert!((10..60).contains(&written.len()), "{} calls succeeded", written.len());
        assert_eq!(ledger.written().await, written);
    }

    #[tokio::test]
    async fn a_failed_commit_does_not_affect_the_other_calls() {
        let ledger = OpenedLedger::new();
        // SQLite checks this foreign key in the commit, and the transaction stays open if the check fails.
        let flaw = "
            PRAGMA foreign_keys = ON;
            CREATE TABLE parents (number INTEGER PRIMARY KEY);
            CREATE TABLE children (number INTEGER REFERENCES parents DEFERRABLE INITIALLY DEFERRED);
            CREATE TRIGGER orphan AFTER INSERT ON receipts WHEN new.receipt ->> 'operation' IN ('3', '9') BEGIN
                INSERT INTO children VALUES (1);
            END;
        ";
        ledger.queue.connection().execute_batch(flaw).unwrap();
        let results = ledger.call_at_once(|transaction, number| write(&transaction, number)).await;
        let expected: Vec<usize> = (0..CALLS).filter(|number| ![3, 9].contains(number)).collect();
        assert_eq!(succeeded(&results, "the ledger cannot be read or written"), expected);
        assert_eq!(ledger.written().await, expected, "a call whose commit failed has written nothing");
    }

    #[tokio::test]
    async fn calls_at_the_same_time_wait_for_a_lock_only_once() {
        let ledger = OpenedLedger::new();
        ledger.queue.connection().busy_timeout(Duration::from_millis(200)).unwrap();
        let other = Connection::open(&ledger.path).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let start = std::time::Instant::now();
        let results = ledger.call_at_once(|transaction, number| write(&transaction, number)).await;
        assert!(
            start.elapsed() < Duration::from_millis(200) * 10,
            "the calls wait for the lock once together, and not once each"
        );
        assert!(succeeded(&results, "another process keeps the ledger locked").is_empty());
        assert!(std::error::Error::source(results[CALLS - 1].as_ref().unwrap_err()).is_some());
        drop(other);
        let failing = ledger.call_at_once(|transaction, number| {
            let update = ReceiptUpdate::Named { task_id: String::new() };
            if number == 3 { transaction.update(receipt(0).id, &update) } else { write(&transaction, number) }
        });
        assert_eq!(failing.await.iter().filter(|result| result.is_ok()).count(), CALLS - 1);
    }
}

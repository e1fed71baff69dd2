//! One transaction for all calls that write at the same time.

use rusqlite::{Connection, Error, ffi};

use super::{
    queue::Job,
    statements::{BEGIN_CALL, BEGIN_IMMEDIATE, COMMIT, END_CALL, ROLLBACK, UNDO_CALL},
};

/// Runs all of these, commits them together, and answers each after the commit. A call that fails is undone alone.
pub(super) fn write(sql: &Connection, mut jobs: Vec<Box<dyn Job>>) {
    if let Err(error) = BEGIN_IMMEDIATE.run(sql, ()) {
        for job in &mut jobs {
            job.fail(copied(&error).into());
        }
    } else if let [job] = &mut jobs[..] {
        end(sql, job);
    } else if !together(sql, &mut jobs) {
        // Each call on its own commits, or fails with its own error.
        roll_back(sql);
        for job in &mut jobs {
            match BEGIN_IMMEDIATE.run(sql, ()) {
                Ok(_) => end(sql, job),
                Err(error) => job.fail(error.into()),
            }
        }
    }
    jobs.into_iter().for_each(Job::answer);
}

/// Ends any transaction that is still open.
pub(super) fn roll_back(sql: &Connection) {
    // SQLite may have rolled it back itself.
    if !sql.is_autocommit()
        && let Err(error) = ROLLBACK.run(sql, ())
    {
        tracing::debug!(%error, "a transaction of the ledger could not be rolled back");
    }
}

/// Runs one call in a transaction that has begun, and ends the transaction.
fn end(sql: &Connection, job: &mut Box<dyn Job>) {
    if job.attempt(sql) {
        match COMMIT.run(sql, ()) {
            Ok(_) => return,
            Err(error) => job.fail(error.into()),
        }
    }
    roll_back(sql);
}

/// Runs all in the transaction that has begun, and commits. Returns `false` if nothing could be committed.
fn together(sql: &Connection, jobs: &mut [Box<dyn Job>]) -> bool {
    for job in jobs {
        if BEGIN_CALL.run(sql, ()).is_err() {
            return false;
        }
        let is_done = job.attempt(sql);
        // A full disk, say, ends the whole transaction.
        let is_open = !sql.is_autocommit() && (is_done || UNDO_CALL.run(sql, ()).is_ok());
        if !is_open || END_CALL.run(sql, ()).is_err() {
            return false;
        }
    }
    COMMIT.run(sql, ()).is_ok()
}

/// Copy of an error for one more call.
fn copied(error: &Error) -> Error {
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
            queue::{Kind, Queue},
            transaction::Transaction,
        },
    };

    /// Number of calls that are made at once.
    const CALLS: usize = 64;

    struct Opened {
        queue: Arc<Queue>,
        path: PathBuf,
        _folder: TempDir,
    }

    impl Opened {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("ledger.db");
            Self { queue: Queue::new(file::open(&path).unwrap().1), path, _folder: folder }
        }

        /// Makes the calls while the connection is held, so that they share a transaction, and returns the results in order.
        async fn at_once(
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
                running.spawn(async move { (number, queue.call(Kind::Write, move |book| call(book, number)).await) });
            }
            // A test has one thread, so all have been polled once after a few turns.
            for _ in 0..10 {
                tokio::task::yield_now().await;
            }
            release.send(()).unwrap();
            holding.await.unwrap();
            let mut results = running.join_all().await;
            results.sort_by_key(|(number, _)| *number);
            results.into_iter().map(|(_, result)| result).collect()
        }

        /// The numbers of the calls whose receipts are there.
        async fn written(&self) -> Vec<usize> {
            let receipts = self.queue.call(Kind::Read, |book| Ok(book.unfinished()?.0)).await.unwrap();
            receipts.iter().map(|receipt| receipt.operation.parse().unwrap()).collect()
        }

        /// Number of commits in SQLite's log: a frame that ends a transaction tells the size of the file, and any other 0.
        fn commits(&self) -> usize {
            const HEADER: usize = 32;
            const FRAME: usize = 24 + 4096;
            let log = std::fs::read(format!("{}-wal", self.path.display())).unwrap();
            log[HEADER..].chunks_exact(FRAME).filter(|frame| frame[4..8] != [0; 4]).count()
        }
    }

    /// A receipt that its operation numbers.
    fn receipt(number: usize) -> Receipt {
        Receipt::new(number.to_string(), " ".repeat(4_000)).unwrap()
    }

    fn write(book: &Transaction<'_>, number: usize) -> Result<(), SqliteError> {
        book.write(&receipt(number)).map(|known| assert_eq!(known, None))
    }

    /// The numbers of the calls that succeeded; the others failed with this error.
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
    async fn calls_at_once_share_a_commit() {
        let opened = Opened::new();
        let before = opened.commits();
        let results = opened.at_once(|book, number| write(&book, number)).await;
        assert_eq!(succeeded(&results, ""), (0..CALLS).collect::<Vec<_>>());
        assert_eq!(opened.written().await, (0..CALLS).collect::<Vec<_>>(), "in the order of the calls");
        assert_eq!(opened.commits(), before + 1);
    }

    #[tokio::test]
    async fn a_call_that_fails_costs_the_others_nothing() {
        let opened = Opened::new();
        let before = opened.commits();
        let results = opened
            .at_once(|book, number| {
                write(&book, number)?;
                assert_ne!(number, 7, "on purpose");
                if number % 4 == 0 { Err(LedgerError::new("no").into()) } else { Ok(()) }
            })
            .await;
        assert_eq!(results[7].as_ref().unwrap_err().to_string(), "a call of the ledger panicked");
        let expected: Vec<usize> = (0..CALLS).filter(|number| number % 4 != 0 && *number != 7).collect();
        let (first, last) = results.split_at(7);
        assert_eq!(succeeded(first, "no"), expected[..5]);
        assert_eq!(succeeded(&last[1..], "no").len(), expected.len() - 5);
        assert_eq!(opened.written().await, expected, "nothing of a call that failed is there");
        assert_eq!(opened.commits(), before + 1);
    }

    #[tokio::test]
    async fn a_full_disk_costs_only_the_calls_that_have_no_room() {
        let opened = Opened::new();
        opened.queue.connection().pragma_update(None, "max_page_count", 80).unwrap();
        let results = opened.at_once(|book, number| write(&book, number)).await;
        let kept = succeeded(&results, "the disk is full, and the ledger cannot be written");
        assert!((10..60).contains(&kept.len()), "{} have room", kept.len());
        assert_eq!(opened.written().await, kept);
    }

    #[tokio::test]
    async fn a_locked_file_is_waited_for_once() {
        let opened = Opened::new();
        opened.queue.connection().busy_timeout(Duration::from_millis(200)).unwrap();
        let other = Connection::open(&opened.path).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let start = std::time::Instant::now();
        let results = opened.at_once(|book, number| write(&book, number)).await;
        assert!(start.elapsed() < Duration::from_millis(200) * 10, "not once for each call");
        assert!(succeeded(&results, "another process keeps the ledger locked").is_empty());
        assert!(std::error::Error::source(results[CALLS - 1].as_ref().unwrap_err()).is_some());
        drop(other);
        let failing = opened.at_once(|book, number| {
            let update = ReceiptUpdate::Named { task_id: String::new() };
            if number == 3 { book.update(receipt(0).id, &update) } else { write(&book, number) }
        });
        assert_eq!(failing.await.iter().filter(|result| result.is_ok()).count(), CALLS - 1);
    }
}

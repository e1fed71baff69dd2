//! The calls that wait for the one connection. Those that write at the same time share a transaction.

use std::{
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use rusqlite::Connection;
use tokio::{
    sync::oneshot::{self, error::RecvError},
    task::spawn_blocking,
};

use super::{
    batch,
    error::SqliteError,
    retention::{self, Retention},
    statements::{BEGIN_IMMEDIATE, COMMIT},
    transaction::Transaction,
};
use crate::error::LedgerError;

/// A connection, and the calls that wait for it.
pub(super) struct Queue {
    connection: Mutex<Connection>,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    calls: Calls,
    /// `true` while a thread works on them, or is about to.
    is_running: bool,
    retention: Retention,
}

#[derive(Default)]
struct Calls {
    reads: Vec<Box<dyn Job>>,
    writes: Vec<Box<dyn Job>>,
}

/// A call of any type.
pub(super) trait Job: Send {
    /// `false` if the caller has dropped its future.
    fn is_awaited(&self) -> bool;

    /// Runs the call, and keeps its result. Returns `false` if it failed: nothing of it may be committed. A second run replaces
    /// the result of the first.
    fn attempt(&mut self, sql: &Connection) -> bool;

    /// Replaces the result by this error.
    fn fail(&mut self, error: SqliteError);

    /// Sends the result to the caller.
    fn answer(self: Box<Self>);
}

struct Call<T, W> {
    work: W,
    result: Option<Result<T, SqliteError>>,
    caller: oneshot::Sender<Result<T, LedgerError>>,
}

impl<T, W> Job for Call<T, W>
where
    T: Send,
    W: Fn(Transaction<'_>) -> Result<T, SqliteError> + Send,
{
    fn is_awaited(&self) -> bool {
        !self.caller.is_closed()
    }

    fn attempt(&mut self, sql: &Connection) -> bool {
        // The clock is read under the file's lock, so that times follow the order of writing.
        let work = AssertUnwindSafe(|| (self.work)(Transaction::new(sql, SystemTime::now())));
        let panicked = |_| Err(LedgerError::new("a call of the ledger panicked").into());
        let result = catch_unwind(work).unwrap_or_else(panicked);
        self.result.insert(result).is_ok()
    }

    fn fail(&mut self, error: SqliteError) {
        self.result = Some(Err(error));
    }

    fn answer(self: Box<Self>) {
        if let Some(result) = self.result {
            // A caller that has dropped its future does not miss it.
            let _ = self.caller.send(result.map_err(SqliteError::into_error));
        }
    }
}

/// The kind of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One statement that reads, without a transaction. It waits for no other process.
    Read,
    /// It may write.
    Write,
}

impl Queue {
    pub(super) fn new(connection: Connection) -> Arc<Self> {
        Arc::new(Self { connection: Mutex::new(connection), waiting: Mutex::default() })
    }

    /// Runs `work`, and returns its result after the commit. If the future is dropped before the transaction begins, nothing is
    /// done; after that, all of it.
    pub(super) async fn call<T: Send + 'static>(
        self: &Arc<Self>,
        kind: Kind,
        work: impl Fn(Transaction<'_>) -> Result<T, SqliteError> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let (caller, result) = oneshot::channel();
        self.push(kind, Box::new(Call { work, result: None, caller }));
        let stopped = |error: RecvError| LedgerError::new("the ledger's thread was stopped").with_source(error);
        result.await.map_err(stopped)?
    }

    fn push(self: &Arc<Self>, kind: Kind, job: Box<dyn Job>) {
        let mut waiting = self.waiting();
        match kind {
            Kind::Read => waiting.calls.reads.push(job),
            Kind::Write => waiting.calls.writes.push(job),
        }
        if !mem::replace(&mut waiting.is_running, true) {
            drop(waiting);
            let run = Run { queue: Arc::clone(self), has_ended: false };
            // A runtime that ends drops this, and with it what waits.
            spawn_blocking(move || run.all());
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The work of one thread, until no call waits. If it ends before, the calls that wait fail.
struct Run {
    queue: Arc<Queue>,
    has_ended: bool,
}

impl Run {
    fn all(mut self) {
        let queue = Arc::clone(&self.queue);
        let connection = queue.connection();
        batch::roll_back(&connection);
        while let Some(Calls { reads, writes }) = self.next() {
            for mut read in reads.into_iter().filter(|job| job.is_awaited()) {
                read.attempt(&connection);
                read.answer();
            }
            let writes: Vec<_> = writes.into_iter().filter(|job| job.is_awaited()).collect();
            if !writes.is_empty() {
                batch::write(&connection, writes);
                self.clear(&connection);
            }
        }
        self.has_ended = true;
    }

    /// Takes all calls that wait. Without any, this thread ends.
    fn next(&self) -> Option<Calls> {
        let mut waiting = self.queue.waiting();
        let calls = mem::take(&mut waiting.calls);
        waiting.is_running = !(calls.reads.is_empty() && calls.writes.is_empty());
        waiting.is_running.then_some(calls)
    }

    /// Clears out a batch of what is old, if it is due. The callers have their results already.
    fn clear(&self, connection: &Connection) {
        if !self.queue.waiting().retention.is_due() {
            return;
        }
        let clear = || -> Result<usize, SqliteError> {
            BEGIN_IMMEDIATE.run(connection, ())?;
            let cleared = retention::clear(connection, SystemTime::now())?;
            COMMIT.run(connection, ())?;
            Ok(cleared)
        };
        match clear() {
            Ok(rows) => self.queue.waiting().retention.cleared(rows),
            Err(error) => {
                batch::roll_back(connection);
                tracing::debug!(error = %error.into_error(), "old receipts are not cleared out now");
                self.queue.waiting().retention.cleared(0);
            }
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if !self.has_ended {
            let mut waiting = self.queue.waiting();
            waiting.is_running = false;
            let calls = mem::take(&mut waiting.calls);
            drop(waiting);
            drop(calls);
        }
    }
}

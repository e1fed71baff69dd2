//! Queue of the calls that wait for the ledger's only connection. Calls that write at the same time share a
//! transaction.

use std::{
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime},
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

/// The connection of a ledger, and the calls that wait for the connection.
pub(super) struct Queue {
    connection: Mutex<Connection>,
    waiting: Mutex<Waiting>,
    /// Time for which finished receipts without a name are kept.
    keep_finished: Duration,
}

#[derive(Default)]
struct Waiting {
    calls: Calls,
    /// `true` if a thread runs the waiting calls, or will start soon.
    is_running: bool,
    retention: Retention,
}

#[derive(Default)]
struct Calls {
    reads: Vec<Box<dyn QueuedCall>>,
    writes: Vec<Box<dyn QueuedCall>>,
}

/// A call of the ledger, with any type of result.
pub(super) trait QueuedCall: Send {
    /// Returns `false` if the caller has dropped its future.
    fn is_awaited(&self) -> bool;

    /// Runs the call, and stores its result. Returns `false` if the call failed. The changes of a failed call must
    /// not be committed. A second run replaces the result of the first run.
    fn run(&mut self, sql: &Connection) -> bool;

    /// Replaces the result of the call by this error.
    fn fail(&mut self, error: SqliteError);

    /// Sends the result to the caller.
    fn respond(self: Box<Self>);
}

struct Call<T, W> {
    work: W,
    result: Option<Result<T, SqliteError>>,
    caller: oneshot::Sender<Result<T, LedgerError>>,
}

impl<T, W> QueuedCall for Call<T, W>
where
    T: Send,
    W: Fn(Transaction<'_>) -> Result<T, SqliteError> + Send,
{
    fn is_awaited(&self) -> bool {
        !self.caller.is_closed()
    }

    fn run(&mut self, sql: &Connection) -> bool {
        // A call that writes runs while the file is locked. The clock is read here, so stored times have the order of
        // the writes.
        let work = AssertUnwindSafe(|| (self.work)(Transaction::new(sql, SystemTime::now())));
        let panicked = |_| Err(LedgerError::new("a call of the ledger panicked").into());
        let result = catch_unwind(work).unwrap_or_else(panicked);
        self.result.insert(result).is_ok()
    }

    fn fail(&mut self, error: SqliteError) {
        self.result = Some(Err(error));
    }

    fn respond(self: Box<Self>) {
        if let Some(result) = self.result {
            // `send` fails if the caller has dropped its future. Then the result is not needed.
            let _ = self.caller.send(result.map_err(SqliteError::into_error));
        }
    }
}

/// Kind of a call: it only reads, or it may also write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CallKind {
    /// The call only reads, outside of a transaction. The call does not wait for other processes.
    Read,
    /// The call may write, and runs in a transaction.
    Write,
}

impl Queue {
    pub(super) fn new(connection: Connection, keep_finished: Duration) -> Arc<Self> {
        Arc::new(Self { connection: Mutex::new(connection), waiting: Mutex::default(), keep_finished })
    }

    /// Runs `work`, and returns the result after the commit. If the future is dropped before the transaction begins,
    /// `work` does not run. If the future is dropped later, `work` runs completely.
    pub(super) async fn call<T: Send + 'static>(
        self: &Arc<Self>,
        kind: CallKind,
        work: impl Fn(Transaction<'_>) -> Result<T, SqliteError> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let (caller, result) = oneshot::channel();
        self.push(kind, Box::new(Call { work, result: None, caller }));
        let stopped = |error: RecvError| LedgerError::new("the ledger's thread was stopped").with_source(error);
        result.await.map_err(stopped)?
    }

    fn push(self: &Arc<Self>, kind: CallKind, job: Box<dyn QueuedCall>) {
        let mut waiting = self.waiting();
        match kind {
            CallKind::Read => waiting.calls.reads.push(job),
            CallKind::Write => waiting.calls.writes.push(job),
        }
        if !mem::replace(&mut waiting.is_running, true) {
            drop(waiting);
            let worker = Worker { queue: Arc::clone(self), is_done: false };
            // If the tokio runtime stops, it drops the worker. The worker's `Drop` then drops the waiting calls.
            spawn_blocking(move || worker.run());
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs the waiting calls on one thread until no call waits. If the worker is dropped before its end, the waiting
/// calls fail.
struct Worker {
    queue: Arc<Queue>,
    is_done: bool,
}

impl Worker {
    fn run(mut self) {
        let queue = Arc::clone(&self.queue);
        let connection = queue.connection();
        batch::roll_back(&connection);
        while let Some(Calls { reads, writes }) = self.take_waiting() {
            for mut read in reads.into_iter().filter(|job| job.is_awaited()) {
                read.run(&connection);
                read.respond();
            }
            let writes: Vec<_> = writes.into_iter().filter(|job| job.is_awaited()).collect();
            if !writes.is_empty() {
                batch::write(&connection, writes);
                self.remove_old(&connection);
            }
        }
        self.is_done = true;
    }

    /// Removes all waiting calls from the queue and returns them. Returns `None` if no call waits. The thread must
    /// then end.
    fn take_waiting(&self) -> Option<Calls> {
        let mut waiting = self.queue.waiting();
        let calls = mem::take(&mut waiting.calls);
        waiting.is_running = !(calls.reads.is_empty() && calls.writes.is_empty());
        waiting.is_running.then_some(calls)
    }

    /// Removes a batch of old receipts and callbacks, if a batch is due. The callers already have their results.
    fn remove_old(&self, connection: &Connection) {
        if !self.queue.waiting().retention.is_due() {
            return;
        }
        let remove = || -> Result<usize, SqliteError> {
            BEGIN_IMMEDIATE.run(connection, ())?;
            let removed = retention::remove_old(connection, self.queue.keep_finished, SystemTime::now())?;
            COMMIT.run(connection, ())?;
            Ok(removed)
        };
        match remove() {
            Ok(rows) => self.queue.waiting().retention.schedule_next(rows),
            Err(error) => {
                batch::roll_back(connection);
                tracing::debug!(error = %error.into_error(), "old receipts could not be removed");
                self.queue.waiting().retention.schedule_next(0);
            }
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if !self.is_done {
            let mut waiting = self.queue.waiting();
            waiting.is_running = false;
            let calls = mem::take(&mut waiting.calls);
            drop(waiting);
            drop(calls);
        }
    }
}

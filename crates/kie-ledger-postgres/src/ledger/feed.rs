//! The feed of the callbacks that all processes record.

use std::{fmt, sync::Arc, time::Duration};

use kie_ledger::{CallbackFeed, LedgerError, LedgerFuture, ReceivedCallback};
use tokio::time::{Instant, sleep};
use tokio_postgres::{Row, types::Type};

use crate::{
    database::{Database, Listener},
    error::Lasting,
};

/// Maximum number of callbacks that are read at once.
const MOST: i64 = 10_000;
/// Time after which callbacks are read while the connection listens and hears nothing. A notification can be lost, for example
/// in a connection that a firewall has cut.
const SWEEP: Duration = Duration::from_secs(8);
/// Time between two readings while no connection listens, and between two attempts to open one.
const SWEEP_ALONE: Duration = Duration::from_secs(1);

/// The feed of a ledger in PostgreSQL. A notification of the database says only that there are new callbacks. They are
/// read from their table after the last one that was read, so none is missed if a notification is lost.
pub(crate) struct PostgresFeed {
    database: Arc<Database>,
    listener: Option<Listener>,
    /// Time of the next attempt to open a connection that listens.
    next_attempt: Instant,
    /// Number of the last callback that was returned. `None` before the first reading.
    last: Option<i64>,
}

impl PostgresFeed {
    pub(crate) fn new(database: Arc<Database>) -> Self {
        Self { database, listener: None, next_attempt: Instant::now(), last: None }
    }

    /// Opens the connection that listens, unless it is open.
    async fn listen(&mut self) {
        if self.listener.as_ref().is_some_and(Listener::is_open) || Instant::now() < self.next_attempt {
            return;
        }
        self.next_attempt = Instant::now() + SWEEP_ALONE;
        self.listener = match self.database.listen().await {
            Ok(listener) => Some(listener),
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::debug!(error, "the ledger cannot listen for callbacks, and reads them every second");
                None
            }
        };
    }

    /// Returns the callbacks after the last one, the oldest first.
    async fn read(&mut self) -> Result<Vec<ReceivedCallback>, LedgerError> {
        let statements = &self.database.statements;
        let mut operation = self.database.operation();
        let mut rows = match self.last {
            Some(last) => {
                operation.rows(&statements.callbacks_after, &[(&last, Type::INT8), (&MOST, Type::INT8)]).await?
            }
            None => operation.rows(&statements.latest_callbacks, &[(&MOST, Type::INT8)]).await?,
        };
        if self.last.is_none() {
            rows.reverse();
        }
        let callbacks: Result<Vec<_>, Lasting> = rows.iter().map(read_callback).collect();
        let callbacks = callbacks.map_err(|Lasting(error)| error)?;
        let last = rows.last().and_then(|row| row.try_get(0).ok());
        self.last = last.or(self.last).or(Some(0));
        Ok(callbacks)
    }
}

impl CallbackFeed for PostgresFeed {
    fn next(&mut self) -> LedgerFuture<'_, Vec<ReceivedCallback>> {
        Box::pin(async move {
            loop {
                // The connection listens before the reading, so no callback is recorded between the two unnoticed.
                self.listen().await;
                let is_first = self.last.is_none();
                let callbacks = self.read().await?;
                if is_first || !callbacks.is_empty() {
                    return Ok(callbacks);
                }
                match &self.listener {
                    Some(listener) if listener.is_open() => {
                        if !listener.heard(SWEEP).await {
                            self.listener = None;
                        }
                    }
                    _ => sleep(SWEEP_ALONE).await,
                }
            }
        })
    }
}

impl fmt::Debug for PostgresFeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresFeed").field("last", &self.last).finish_non_exhaustive()
    }
}

fn read_callback(row: &Row) -> Result<ReceivedCallback, Lasting> {
    let task_id = String::from_utf8_lossy(row.try_get(1)?).into_owned();
    let digest = <[u8; 32]>::try_from(row.try_get::<_, &[u8]>(2)?).unwrap_or_default();
    let mut callback = ReceivedCallback::new(task_id, digest);
    callback.receipt = row.try_get::<_, Option<&str>>(3)?.and_then(|id| id.parse().ok());
    Ok(callback)
}

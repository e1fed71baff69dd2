//! The feed of the callbacks that all processes record in the file.

use std::{fmt, sync::Arc, time::Duration};

use tokio::time::sleep;

use super::queue::{CallKind, Queue};
use crate::ledger::{CallbackFeed, LedgerFuture, ReceivedCallback};

/// Pause between two reads of the file. A read takes about 50 microseconds.
const PAUSE: Duration = Duration::from_millis(250);

/// The feed of an SQLite ledger. SQLite does not tell a process of the changes of another process, so the feed reads the file
/// while it waits.
pub(super) struct SqliteFeed {
    queue: Arc<Queue>,
    /// Time at which the last returned callback was recorded, in nanoseconds since 1970. `None` before the first read.
    last: Option<i64>,
}

impl SqliteFeed {
    pub(super) fn new(queue: Arc<Queue>) -> Self {
        Self { queue, last: None }
    }
}

impl CallbackFeed for SqliteFeed {
    fn next(&mut self) -> LedgerFuture<'_, Vec<ReceivedCallback>> {
        Box::pin(async move {
            loop {
                let last = self.last;
                let read = self.queue.call(CallKind::Read, move |transaction| transaction.callbacks_after(last));
                let (callbacks, until) = read.await?;
                self.last = until.or(last).or(Some(0));
                if last.is_none() || !callbacks.is_empty() {
                    return Ok(callbacks);
                }
                sleep(PAUSE).await;
            }
        })
    }
}

impl fmt::Debug for SqliteFeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteFeed").field("last", &self.last).finish_non_exhaustive()
    }
}

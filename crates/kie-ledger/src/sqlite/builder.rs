//! Options of an SQLite ledger.

use std::{path::Path, time::Duration};

use super::{retention::RETENTION, sqlite_ledger::SqliteLedger};
use crate::error::LedgerError;

/// Options of an SQLite ledger. Made by [`SqliteLedger::builder`].
///
/// ```no_run
/// # async fn demo() -> Result<(), kie_ledger::LedgerError> {
/// use std::time::Duration;
///
/// use kie_ledger::SqliteLedger;
///
/// let ledger = SqliteLedger::builder().keep_finished(Duration::MAX).open("ledger.db").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "no ledger is opened until `open` is called"]
pub struct SqliteLedgerBuilder {
    keep_finished: Duration,
}

impl SqliteLedgerBuilder {
    pub(super) fn new() -> Self {
        Self { keep_finished: RETENTION }
    }

    /// Sets the time for which finished receipts without a name are kept after their last change. The default is 62 days.
    /// [`Duration::MAX`] keeps them for ever. A receipt of a song takes about 2 KB
    /// of the file, and the time of opening the file does not depend on their number.
    ///
    /// The option belongs to the opened ledger and not to the file. If processes with different options share a file,
    /// the shortest time applies.
    pub fn keep_finished(mut self, time: Duration) -> Self {
        self.keep_finished = time;
        self
    }

    /// Opens the ledger in this file with these options, as [`SqliteLedger::open`] does.
    ///
    /// # Errors
    ///
    /// The errors of [`SqliteLedger::open`].
    pub async fn open(self, path: impl AsRef<Path>) -> Result<SqliteLedger, LedgerError> {
        SqliteLedger::open_with(path.as_ref(), self.keep_finished).await
    }
}

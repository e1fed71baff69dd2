//! Removes old receipts and callbacks in batches, in the background.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use tokio_postgres::types::Type;

use super::postgres_ledger::micros;
use crate::database::Database;

/// Time for which callbacks, and by default finished receipts, are stored: two months, because the service stores its own
/// log for two months.
pub(super) const RETENTION: Duration = Duration::from_secs(62 * 24 * 60 * 60);

/// Maximum number of receipts that one statement removes. The same maximum applies to the callbacks and to the bodies.
const BATCH: i64 = 256;

/// Number of changes between two batches.
const INTERVAL: u32 = 128;

/// Counts the changes of this process until the next batch. The first batch follows the first change.
#[derive(Debug)]
pub(super) struct Retention {
    keep_finished: Duration,
    changes: Arc<AtomicU32>,
}

impl Retention {
    pub(super) fn new(keep_finished: Duration) -> Self {
        Self { keep_finished, changes: Arc::default() }
    }

    /// Counts a change, and removes a batch in the background if one is due. After a full batch, the next one follows the
    /// next change, so all old rows are removed soon.
    pub(super) fn count(&self, database: &Arc<Database>) {
        if !self.changes.fetch_add(1, Ordering::Relaxed).is_multiple_of(INTERVAL) {
            return;
        }
        let (database, changes) = (Arc::clone(database), Arc::clone(&self.changes));
        let [receipts, callbacks] = [micros(self.keep_finished), micros(RETENTION)];
        tokio::spawn(async move {
            let values: [(&(dyn tokio_postgres::types::ToSql + Sync), Type); 3] =
                [(&receipts, Type::INT8), (&callbacks, Type::INT8), (&BATCH, Type::INT8)];
            match database.operation().row(&database.statements.remove_old, &values).await {
                Ok(row) if row.try_get::<_, i64>(0).is_ok_and(|removed| removed == BATCH) => {
                    changes.store(0, Ordering::Relaxed);
                }
                Ok(_) => {}
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::debug!(error, "old receipts could not be removed");
                }
            }
        });
    }
}

//! Writing updates to receipts. A failed write is logged, and never fails the call.

use std::{
    error::Error,
    time::{Duration, SystemTime},
};

use kie_ledger::{Ledger, ReceiptId, ReceiptKey, ReceiptState, ReceiptUpdate};

use super::bounded::within;
use crate::client::Client;

/// Maximum time for which the caller waits for the write of an update.
pub(crate) const UPDATE_TIMEOUT: Duration = Duration::from_secs(10);

/// Writes an update to a receipt. Logs a warning if the ledger fails or takes longer than [`UPDATE_TIMEOUT`].
pub(crate) async fn try_update(ledger: &dyn Ledger, receipt: ReceiptId, task_id: Option<&str>, update: &ReceiptUpdate) {
    if let Err(error) = within(UPDATE_TIMEOUT, ledger.update(receipt, update)).await {
        let error: &dyn Error = &error;
        tracing::warn!(error, task_id, %receipt, ?update, "a receipt could not be kept up to date");
    }
}

impl Client {
    /// Writes an update of a task to its receipt, if the task has one.
    pub(crate) async fn update_task_receipt(&self, task_id: &str, receipt: Option<ReceiptId>, update: &ReceiptUpdate) {
        let Some(ledger) = self.inner.ledger.as_deref() else { return };
        let mut receipt = match within(
            UPDATE_TIMEOUT,
            ledger.find(receipt.map_or(ReceiptKey::Task(task_id), ReceiptKey::Id)),
        )
        .await
        {
            Ok(Some(receipt)) => receipt,
            Ok(None) => return,
            Err(error) => {
                let error: &dyn Error = &error;
                tracing::warn!(error, task_id, ?update, "the receipt of a task could not be looked up");
                return;
            }
        };
        // A task that was not complete when its files were saved may make more files, so its receipt is not marked as saved
        // yet.
        let is_early = matches!(update, ReceiptUpdate::Saved { .. }) && receipt.state < ReceiptState::Complete;
        // The receipt may lack the task id, because the write of the response may have failed.
        let named = ReceiptUpdate::Named { task_id: task_id.to_owned() };
        for update in [Some(&named), Some(update).filter(|_| !is_early)].into_iter().flatten() {
            // Skip an update that changes nothing.
            if receipt.apply(update, SystemTime::now()) {
                try_update(ledger, receipt.id, Some(task_id), update).await;
            }
        }
    }
}

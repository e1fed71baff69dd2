//! Noting on a receipt what has happened. It has happened all the same if it cannot be noted.

use std::{
    error::Error,
    time::{Duration, SystemTime},
};

use kie_ledger::{Ledger, ReceiptId, ReceiptKey, ReceiptState, ReceiptUpdate};

use super::bounded::within;
use crate::client::Client;

/// How long the news of something that has happened may hold up who waits for it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Notes news on a receipt. If the ledger does not take them, that is a warning.
pub(crate) async fn try_update(ledger: &dyn Ledger, receipt: ReceiptId, task_id: Option<&str>, update: &ReceiptUpdate) {
    if let Err(error) = within(PATIENCE, ledger.update(receipt, update)).await {
        let error: &dyn Error = &error;
        tracing::warn!(error, task_id, %receipt, ?update, "a receipt could not be kept up to date");
    }
}

impl Client {
    /// Notes news of a task on its receipt, if there is one.
    pub(crate) async fn note_of_task(&self, task_id: &str, receipt: Option<ReceiptId>, update: &ReceiptUpdate) {
        let Some(ledger) = self.inner.ledger.as_deref() else { return };
        let mut receipt =
            match within(PATIENCE, ledger.find(receipt.map_or(ReceiptKey::Task(task_id), ReceiptKey::Id))).await {
                Ok(Some(receipt)) => receipt,
                Ok(None) => return,
                Err(error) => {
                    let error: &dyn Error = &error;
                    tracing::warn!(error, task_id, ?update, "the receipt of a task could not be looked up");
                    return;
                }
            };
        // What is saved of a task that was not seen complete is not all of it.
        let is_early = matches!(update, ReceiptUpdate::Saved { .. }) && receipt.state < ReceiptState::Complete;
        // It may be that the answer could not be noted.
        let named = ReceiptUpdate::Named { task_id: task_id.to_owned() };
        for update in [Some(&named), Some(update).filter(|_| !is_early)].into_iter().flatten() {
            // What the receipt knows already needs no writing.
            if receipt.apply(update, SystemTime::now()) {
                try_update(ledger, receipt.id, Some(task_id), update).await;
            }
        }
    }
}

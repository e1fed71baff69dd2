//! Noting on a receipt what has happened. It has happened all the same if it cannot be noted.

use std::{
    error::Error,
    time::{Duration, SystemTime},
};

use kie_ledger::{Key, Ledger, News, ReceiptId, ReceiptState};

use super::bounded::within;
use crate::client::Client;

/// How long the news of something that has happened may hold up who waits for it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Notes news on a receipt. If the ledger does not take them, that is a warning.
pub(crate) async fn note(ledger: &dyn Ledger, receipt: ReceiptId, task_id: Option<&str>, news: &News) {
    if let Err(error) = within(PATIENCE, ledger.note(receipt, news)).await {
        let error: &dyn Error = &error;
        tracing::warn!(error, task_id, %receipt, ?news, "a receipt could not be kept up to date");
    }
}

impl Client {
    /// Notes news of a task on its receipt, if there is one.
    pub(crate) async fn note_of_task(&self, task_id: &str, receipt: Option<ReceiptId>, news: &News) {
        let Some(ledger) = self.inner.ledger.as_deref() else { return };
        let mut receipt = match within(PATIENCE, ledger.find(receipt.map_or(Key::Task(task_id), Key::Id))).await {
            Ok(Some(receipt)) => receipt,
            Ok(None) => return,
            Err(error) => {
                let error: &dyn Error = &error;
                tracing::warn!(error, task_id, ?news, "the receipt of a task could not be looked up");
                return;
            }
        };
        // What is saved of a task that was not seen complete is not all of it.
        let is_early = matches!(news, News::Saved { .. }) && receipt.state < ReceiptState::Complete;
        // It may be that the answer could not be noted.
        let named = News::Named { task_id: task_id.to_owned() };
        for news in [Some(&named), Some(news).filter(|_| !is_early)].into_iter().flatten() {
            // What the receipt knows already needs no writing.
            if receipt.take_in(news, SystemTime::now()) {
                note(ledger, receipt.id, Some(task_id), news).await;
            }
        }
    }
}

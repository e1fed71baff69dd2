//! Writing updates to receipts. A failed write is logged, and never fails the call.

use std::{
    error::Error,
    sync::Arc,
    time::{Duration, SystemTime},
};

use kie_ledger::{Ledger, LedgerError, ReceiptId, ReceiptKey, ReceiptState, ReceiptUpdate};
use kie_types::Credits;
use tokio::{runtime::Handle, time::timeout};

use super::{bounded::within, task_facts::TaskFacts};
use crate::{
    budget::PriceKey,
    client::{Client, ClientInner, Outstanding},
};

/// Maximum time for which the caller waits for the write of an update.
pub(crate) const UPDATE_TIMEOUT: Duration = Duration::from_secs(10);

/// Writes an update to a receipt. After [`UPDATE_TIMEOUT`], the caller waits no longer, and the write continues in the
/// background. Logs a warning if the update is not on the receipt in the end.
pub(crate) async fn try_update(client: &Arc<ClientInner>, receipt: ReceiptId, update: ReceiptUpdate) {
    let Some(ledger) = client.ledger.clone() else { return };
    let mut writing = Box::pin(async move {
        if let Err(error) = update_or_look(&*ledger, receipt, &update).await {
            let (error, task_id): (&dyn Error, _) = (&error, update.task_id());
            tracing::warn!(error, task_id, %receipt, ?update, "a receipt could not be kept up to date");
        }
    });
    if timeout(UPDATE_TIMEOUT, &mut writing).await.is_err()
        && let Ok(runtime) = Handle::try_current()
    {
        let counted = client.dropped.number.count(Outstanding::Update);
        runtime.spawn(async move {
            writing.await;
            drop(counted);
        });
    }
}

/// Writes an update to a receipt. If the ledger reports an error, looks the receipt up, because the ledger may have
/// written the update in spite of the error.
pub(crate) async fn update_or_look(
    ledger: &dyn Ledger,
    id: ReceiptId,
    update: &ReceiptUpdate,
) -> Result<(), LedgerError> {
    let Err(error) = ledger.update(id, update).await else { return Ok(()) };
    let found = ledger.find(ReceiptKey::Id(id)).await.ok().flatten();
    let is_written = found.is_some_and(|mut receipt| !receipt.apply(update, SystemTime::now()));
    if is_written { Ok(()) } else { Err(error) }
}

impl Client {
    /// Writes an update and facts about a task to its receipt, if the task has one.
    pub(crate) async fn update_task_receipt(
        &self,
        task_id: &str,
        receipt: Option<ReceiptId>,
        update: &ReceiptUpdate,
        TaskFacts { cost, items }: TaskFacts,
    ) {
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
        // A task that was not complete when its files were saved may make more files, so its receipt is not marked as
        // saved yet.
        let is_early = matches!(update, ReceiptUpdate::Saved { .. }) && receipt.state < ReceiptState::Complete;
        // The receipt may lack the task id, because the write of the response may have failed.
        let named = ReceiptUpdate::Named { task_id: task_id.to_owned() };
        if let (Some(cost), Some(spending)) = (cost.filter(|cost| *cost > Credits::default()), &self.inner.spending) {
            spending.set_price(PriceKey::new(&receipt.operation, &receipt.request), receipt.created, cost);
        }
        let cost = cost.map(|credits| ReceiptUpdate::Cost { credits });
        let made = (!items.is_empty()).then_some(ReceiptUpdate::Made { items });
        // The last of these updates can finish the receipt, so the facts are written before it.
        let updates = [Some(&named), cost.as_ref(), made.as_ref(), Some(update).filter(|_| !is_early)];
        for update in updates.into_iter().flatten() {
            // Skip an update that changes nothing.
            if receipt.apply(update, SystemTime::now()) {
                try_update(&self.inner, receipt.id, update.clone()).await;
            }
        }
    }
}

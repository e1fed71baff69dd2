//! Withdrawal of a call: recording on the receipt of the call that the call was not sent, or was refused.

use std::{error::Error, sync::Arc};

use kie_ledger::{Ledger, LedgerError, ReceiptId, ReceiptKey, ReceiptUpdate};
use tokio::runtime::Handle;

use crate::{
    client::{ClientInner, Outstanding},
    receipts::update_or_look,
};

/// The withdrawal of a call that certainly had no effect: it was not sent with its last send permit, or the service
/// refused it.
pub(super) struct Withdrawal {
    pub(super) client: Arc<ClientInner>,
    pub(super) ledger: Arc<dyn Ledger>,
    pub(super) id: ReceiptId,
    /// `true` if the receipt is certainly in the ledger.
    pub(super) is_written: bool,
    /// The update that withdraws the send. It can be written although it is not known if the ledger has granted the
    /// send: the ledger denies all later requests for a send with a withdrawn id.
    pub(super) refused: ReceiptUpdate,
}

impl Withdrawal {
    /// Writes the withdrawal in the background. At most a few withdrawals of a client are written at the same time. The
    /// write has the full time limit of a ledger operation.
    pub(super) fn spawn(self, runtime: &Handle) {
        let client = Arc::clone(&self.client);
        let counted = client.dropped.number.count(Outstanding::Withdrawal(self.id));
        runtime.spawn(async move {
            let _counted = counted;
            let _slot = client.dropped.write_slot().await;
            if let Err(error) = self.write().await {
                let (error, receipt): (&dyn Error, _) = (&error, self.id);
                tracing::warn!(error, %receipt, "the receipt of a call that was not sent could not be updated");
            }
        });
    }

    async fn write(&self) -> Result<(), LedgerError> {
        if !self.is_written && self.ledger.find(ReceiptKey::Id(self.id)).await?.is_none() {
            return Ok(());
        }
        update_or_look(&*self.ledger, self.id, &self.refused).await
    }
}

//! Withdrawal of a call: recording on the receipt of the call that the call was not sent, or was refused.

use std::{error::Error, pin::Pin, sync::Arc};

use kie_ledger::{Ledger, LedgerError, ReceiptId, ReceiptKey, ReceiptUpdate, SendPermit};
use tokio::runtime::Handle;

use crate::{
    client::{ClientInner, Outstanding},
    receipts::try_update,
};

/// A pending request to the ledger for a send permit. The request continues if the call that made it is dropped.
pub(super) type PermitRequest = Pin<Box<dyn Future<Output = Result<SendPermit, LedgerError>> + Send>>;

/// The withdrawal of a call that certainly had no effect: it was not sent with its last send permit, or the service
/// refused it.
pub(super) struct Withdrawal {
    pub(super) client: Arc<ClientInner>,
    pub(super) ledger: Arc<dyn Ledger>,
    pub(super) id: ReceiptId,
    /// `true` if the call wrote the receipt itself.
    pub(super) is_own: bool,
    /// Number of the last send that the ledger permitted to the call. The ledger numbers the sends of all calls with the
    /// same receipt: 1, 2, and so on. 0 if the ledger permitted no send.
    pub(super) send: u32,
    /// `true` if it is certain that the receipt is in the ledger, and that `send` is the number of the last send that
    /// the ledger granted to this call.
    pub(super) is_sure: bool,
    /// Request to the ledger for a send permit, if the ledger has not answered it yet.
    pub(super) request: Option<PermitRequest>,
}

impl Withdrawal {
    /// Writes the withdrawal to the receipt while the caller waits.
    pub(super) async fn write(mut self, reason: String) {
        if let Some(refused) = self.refusal(reason).await {
            try_update(&*self.ledger, self.id, None, &refused).await;
        }
    }

    /// Writes the withdrawal in the background. At most a few withdrawals of a client are written at the same time. The
    /// write has the full time limit of a ledger operation.
    pub(super) fn spawn(mut self, runtime: &Handle, reason: String) {
        let client = Arc::clone(&self.client);
        let counted = client.dropped.number.count(Outstanding::Withdrawal(self.id));
        runtime.spawn(async move {
            let _counted = counted;
            // Finishes the pending request to the ledger for a permit first. This request may have a place in the
            // ledger's queue, and would block the ledger while this task waits for a write slot.
            self.finish_request().await;
            let _slot = client.dropped.write_slot().await;
            let Some(refused) = self.refusal(reason).await else { return };
            if let Err(error) = self.ledger.update(self.id, &refused).await {
                self.warn(&error);
            }
        });
    }

    /// Waits for the response of the ledger to the pending request. Stores the number of the send if the ledger granted
    /// one.
    async fn finish_request(&mut self) {
        let Some(request) = self.request.take() else { return };
        match request.await {
            Ok(SendPermit::Granted(send)) => (self.send, self.is_sure) = (send, true),
            Ok(_) => self.is_sure = true,
            // The ledger may have granted the send in spite of the error.
            Err(_) => {}
        }
    }

    /// Returns the update for the receipt. `None` if the receipt does not exist or cannot be read, or if only another
    /// call may update it.
    async fn refusal(&mut self, reason: String) -> Option<ReceiptUpdate> {
        self.finish_request().await;
        // Another call wrote this receipt, and this call never got a send permit. Only the other call may update the
        // receipt.
        if !self.is_own && self.send == 0 {
            return None;
        }
        if !self.is_sure {
            let found = self.ledger.find(ReceiptKey::Id(self.id)).await;
            let receipt = found.inspect_err(|error| self.warn(error)).ok().flatten()?;
            // Without a name, the receipt belongs only to this call, and so does its last send. With a name, the last
            // send may belong to another call with the same name.
            if receipt.name.is_none() {
                self.send = receipt.sends;
            }
        }
        Some(ReceiptUpdate::Refused { send: self.send, reason })
    }

    fn warn(&self, error: &LedgerError) {
        let (error, receipt): (&dyn Error, _) = (error, self.id);
        tracing::warn!(error, %receipt, "the receipt of a call that was not sent could not be updated");
    }
}

//! Saying on its receipt that a call did not leave.

use std::{error::Error, pin::Pin, sync::Arc};

use kie_ledger::{Ledger, LedgerError, ReceiptId, ReceiptKey, ReceiptUpdate, SendPermit};
use tokio::runtime::Handle;

use crate::{
    client::{ClientInner, Rest},
    receipts::try_update,
};

/// A question to the ledger, whether a call may leave, which outlives the call that asked it.
pub(super) type Asking = Pin<Box<dyn Future<Output = Result<SendPermit, LedgerError>> + Send>>;

/// A call of which certainly nothing left by its last departure.
pub(super) struct Withdrawal {
    pub(super) client: Arc<ClientInner>,
    pub(super) ledger: Arc<dyn Ledger>,
    pub(super) id: ReceiptId,
    /// Whether the call wrote the receipt itself.
    pub(super) is_own: bool,
    /// The number of its last departure; 0 if there was none.
    pub(super) send: u32,
    /// Whether the receipt is in the ledger, with this departure as the last of this call.
    pub(super) is_sure: bool,
    /// What the ledger has still to answer.
    pub(super) asking: Option<Asking>,
}

impl Withdrawal {
    /// Notes it on the receipt, while somebody waits for that.
    pub(super) async fn write(mut self, reason: String) {
        if let Some(refused) = self.refusal(reason).await {
            try_update(&*self.ledger, self.id, None, &refused).await;
        }
    }

    /// Has it noted in the runtime, a few of one client at a time. Nobody waits for it, so the ledger may take all of its time.
    pub(super) fn spawn(mut self, runtime: &Handle, reason: String) {
        let client = Arc::clone(&self.client);
        let counted = client.dropped.number.count(Rest::Withdrawal(self.id));
        runtime.spawn(async move {
            let _counted = counted;
            // A question that has its place in the ledger's line must not keep it idle, so it is answered before the turn.
            self.hear().await;
            let _turn = client.dropped.turn().await;
            let Some(refused) = self.refusal(reason).await else { return };
            if let Err(error) = self.ledger.update(self.id, &refused).await {
                self.warn(&error);
            }
        });
    }

    /// Hears what the ledger has still to answer: it may have let the call leave.
    async fn hear(&mut self) {
        let Some(asking) = self.asking.take() else { return };
        match asking.await {
            Ok(SendPermit::Granted(send)) => (self.send, self.is_sure) = (send, true),
            Ok(_) => self.is_sure = true,
            // It may have let it leave all the same.
            Err(_) => {}
        }
    }

    /// The news for the receipt; none if there is no such receipt, or it is not this call's to tell of.
    async fn refusal(&mut self, reason: String) -> Option<ReceiptUpdate> {
        self.hear().await;
        // A receipt of others that this call never departed by is theirs.
        if !self.is_own && self.send == 0 {
            return None;
        }
        if !self.is_sure {
            let found = self.ledger.find(ReceiptKey::Id(self.id)).await;
            let receipt = found.inspect_err(|error| self.warn(error)).ok().flatten()?;
            // By a receipt with a name, another holder may have departed.
            if receipt.name.is_none() {
                self.send = receipt.sends;
            }
        }
        Some(ReceiptUpdate::Refused { send: self.send, reason })
    }

    fn warn(&self, error: &LedgerError) {
        let (error, receipt): (&dyn Error, _) = (error, self.id);
        tracing::warn!(error, %receipt, "a call that did not leave could not be withdrawn from its receipt");
    }
}

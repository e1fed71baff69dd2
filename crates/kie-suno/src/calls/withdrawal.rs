//! Saying on its receipt that a call did not leave.

use std::{error::Error, pin::Pin, sync::Arc};

use kie_ledger::{Departure, Key, Ledger, LedgerError, News, ReceiptId};
use tokio::runtime::Handle;

use crate::{
    client::{Inner, Rest},
    receipts::note,
};

/// A question to the ledger, whether a call may leave, which outlives the call that asked it.
pub(super) type Asking = Pin<Box<dyn Future<Output = Result<Departure, LedgerError>> + Send>>;

/// A call of which certainly nothing left by its last departure.
pub(super) struct Withdrawal {
    pub(super) client: Arc<Inner>,
    pub(super) ledger: Arc<dyn Ledger>,
    pub(super) id: ReceiptId,
    /// Whether the call wrote the receipt itself.
    pub(super) is_own: bool,
    /// The number of its last departure; 0 if there was none.
    pub(super) departure: u32,
    /// Whether the receipt is in the ledger, with this departure as the last of this call.
    pub(super) is_sure: bool,
    /// What the ledger has still to answer.
    pub(super) asking: Option<Asking>,
}

impl Withdrawal {
    /// Notes it on the receipt, while somebody waits for that.
    pub(super) async fn note(mut self, reason: String) {
        if let Some(refused) = self.news(reason).await {
            note(&*self.ledger, self.id, None, &refused).await;
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
            let Some(refused) = self.news(reason).await else { return };
            if let Err(error) = self.ledger.note(self.id, &refused).await {
                self.warn(&error);
            }
        });
    }

    /// Hears what the ledger has still to answer: it may have let the call leave.
    async fn hear(&mut self) {
        let Some(asking) = self.asking.take() else { return };
        match asking.await {
            Ok(Departure::Now(departure)) => (self.departure, self.is_sure) = (departure, true),
            Ok(_) => self.is_sure = true,
            // It may have let it leave all the same.
            Err(_) => {}
        }
    }

    /// The news for the receipt; none if there is no such receipt, or it is not this call's to tell of.
    async fn news(&mut self, reason: String) -> Option<News> {
        self.hear().await;
        // A receipt of others that this call never departed by is theirs.
        if !self.is_own && self.departure == 0 {
            return None;
        }
        if !self.is_sure {
            let found = self.ledger.find(Key::Id(self.id)).await;
            let receipt = found.inspect_err(|error| self.warn(error)).ok().flatten()?;
            // By a receipt with a name, another holder may have departed.
            if receipt.name.is_none() {
                self.departure = receipt.departures;
            }
        }
        Some(News::Refused { departure: self.departure, reason })
    }

    fn warn(&self, error: &LedgerError) {
        let (error, receipt): (&dyn Error, _) = (error, self.id);
        tracing::warn!(error, %receipt, "a call that did not leave could not be withdrawn from its receipt");
    }
}

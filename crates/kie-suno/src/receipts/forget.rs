//! Closing a receipt that can no longer be finished.

use kie_ledger::{LedgerError, Receipt, ReceiptId, ReceiptKey, ReceiptUpdate};

use crate::{client::Client, error::Error};

impl Client {
    /// Closes a receipt that can no longer be finished, and returns the closed receipt. Use it for a call whose outcome
    /// stays unknown, for a task that the service no longer knows, and for files that have expired. The receipt then
    /// counts as finished, and [`unfinished`](Self::unfinished) no longer lists it.
    ///
    /// The name of the receipt becomes free. The next call with this name is sent, and gets a new receipt. After an
    /// unknown outcome, this is the way to send the call again deliberately, **which may pay for it twice**. If the
    /// service did accept the first call, its callback still updates the first receipt. The first receipt is then
    /// listed again. The task at the service is not stopped.
    ///
    /// ```no_run
    /// # async fn demo(client: kie_suno::Client, request: kie_suno::requests::GenerateMusic) -> Result<(), kie_suno::Error> {
    /// use kie_suno::Error;
    ///
    /// if let Err(Error::OutcomeUnknown(lost)) = client.start(request.clone()).named("order-4711").await
    ///     && let Some(receipt) = lost.receipt()
    /// {
    ///     // A person has checked the account's log page, and the song is not there.
    ///     client.forget(receipt).await?;
    ///     client.start(request).named("order-4711").await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`] if the ledger cannot be read or written, if it does not contain the receipt, or if the
    /// client has no ledger.
    pub async fn forget(&self, receipt: ReceiptId) -> Result<Receipt, Error> {
        let ledger = self.ledger()?;
        let find = || async {
            let found = ledger.find(ReceiptKey::Id(receipt)).await?;
            found.ok_or_else(|| LedgerError::new(format!("there is no receipt {receipt}")))
        };
        let forgotten = async {
            let Receipt { state, sends, .. } = find().await?;
            ledger.update(receipt, &ReceiptUpdate::Forgotten { state, sends }).await?;
            find().await
        };
        forgotten.await.map_err(Error::Ledger)
    }
}

//! Giving up what nobody will ever finish.

use kie_ledger::{LedgerError, Receipt, ReceiptId, ReceiptKey, ReceiptUpdate};

use crate::{client::Client, error::Error};

impl Client {
    /// Gives up a receipt that nobody will ever finish, and returns it as it is then: a call of which nothing becomes known
    /// any more, a task that the service no longer knows, files that are gone. It is then finished, and
    /// [`unfinished`](Self::unfinished) no longer lists it.
    ///
    /// Its name is free again. After an unknown outcome this is the deliberate way to send the call once more, **which may
    /// pay for it twice**: the next call of the name has a receipt of its own. Should the first have been taken after all, its
    /// callback still leads to its receipt, which is then listed again. Nothing is stopped at the service.
    ///
    /// ```no_run
    /// # async fn demo(client: kie_suno::Client, request: kie_suno::requests::GenerateMusic) -> Result<(), kie_suno::Error> {
    /// use kie_suno::Error;
    ///
    /// if let Err(Error::OutcomeUnknown(lost)) = client.start(request.clone()).named("order-4711").await
    ///     && let Some(receipt) = lost.receipt()
    /// {
    ///     // Somebody has polled at the account's log page, and the song is not there.
    ///     client.forget(receipt).await?;
    ///     client.start(request).named("order-4711").await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`] if the ledger cannot be read or written, has no such receipt, or the client has no ledger.
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

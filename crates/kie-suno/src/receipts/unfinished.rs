//! The receipts that ask for something to be done.

use kie_ledger::Receipt;

use crate::{client::Client, error::Error};

impl Client {
    /// The receipts that somebody has still to do something about, the oldest first: what was about to be sent, what may
    /// have been paid for, what is running, and what is finished and not saved.
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`] if the ledger cannot be read, or the client has none.
    pub async fn unfinished(&self) -> Result<Vec<Receipt>, Error> {
        Ok(self.ledger()?.unfinished().await?)
    }
}

//! Receipts as the client finds them: by a name, and those that ask for something to be done.

use kie_ledger::{Receipt, ReceiptKey};

use crate::{client::Client, error::Error};

impl Client {
    /// The receipt of the call of this name, such as an order number: how far the call has come, its task, and its files.
    /// [`task_of`](Self::task_of) leads on to the task.
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`] if the ledger cannot be read, or the client has none.
    pub async fn receipt(&self, name: &str) -> Result<Option<Receipt>, Error> {
        self.ledger()?.find(ReceiptKey::Name(name)).await.map_err(Error::Ledger)
    }

    /// The receipts that somebody has still to do something about, the oldest first: what was about to be sent, what may
    /// have been paid for, what is running, and what is finished and not saved.
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`] if the ledger cannot be read, or the client has none.
    pub async fn unfinished(&self) -> Result<Vec<Receipt>, Error> {
        self.ledger()?.unfinished().await.map_err(Error::Ledger)
    }
}

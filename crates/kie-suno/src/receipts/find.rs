//! Finding a receipt by its name.

use kie_ledger::{Receipt, ReceiptKey};

use crate::{client::Client, error::Error};

impl Client {
    /// Returns the receipt of the call with this name, such as an order number. The receipt has the state of the call,
    /// its task and its files. [`task_of`](Self::task_of) returns the task. `None` if no call has this name.
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`] if the ledger cannot be read, or if the client has no ledger.
    pub async fn receipt(&self, name: &str) -> Result<Option<Receipt>, Error> {
        self.ledger()?.find(ReceiptKey::Name(name)).await.map_err(Error::Ledger)
    }
}

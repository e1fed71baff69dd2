//! Resuming a task from its receipt, if the kind of the task is not known.

use std::{fmt, pin::Pin, time::Duration};

use kie_ledger::ReceiptId;

use super::{any::AnyTask, resume::until_started};
use crate::{
    client::Client,
    error::{Error, NotResumed, NotResumedReason},
};

impl Client {
    /// Waits until the ledger has the task id of a receipt, and returns the task, whatever its kind. `.await` the returned
    /// [`AnyResume`]. No request is sent. [`resume`](Self::resume) does the same for a known kind.
    ///
    /// ```no_run
    /// # async fn demo(client: kie_suno::Client, receipt: kie_suno::receipts::ReceiptId) -> Result<(), kie_suno::Error> {
    /// let task = client.resume_any(receipt).await?;
    /// let report = task.wait().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::NotResumed`] immediately if the receipt cannot lead to a task, and after the timeout if the task is still
    /// not known. [`Error::Ledger`] if the ledger cannot be read, or if the client has no ledger.
    pub fn resume_any(&self, receipt: ReceiptId) -> AnyResume {
        AnyResume { client: self.clone(), receipt, timeout: self.polling().timeout }
    }
}

/// Waits for the task of a receipt. `.await` it to get the task. Returned by [`Client::resume_any`].
#[must_use = "nothing is waited for unless this is awaited"]
pub struct AnyResume {
    client: Client,
    receipt: ReceiptId,
    timeout: Duration,
}

impl AnyResume {
    /// Sets the maximum time to wait for the task. Default: the time in the [settings of the
    /// client](crate::ClientBuilder::polling), or 15 minutes if they are not set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

impl IntoFuture for AnyResume {
    type Output = Result<AnyTask, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let receipt = until_started(&self.client, self.receipt, self.timeout, None).await?;
            let no_job = || NotResumed::error(self.receipt, Some(receipt.operation.clone()), NotResumedReason::NoJob);
            self.client.task_of(&receipt).ok_or_else(no_job)
        })
    }
}

impl fmt::Debug for AnyResume {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyResume")
            .field("receipt", &self.receipt)
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}

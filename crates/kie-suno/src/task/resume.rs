//! Resuming a task from its receipt.

use std::{fmt, marker::PhantomData, pin::Pin, time::Duration};

use kie_ledger::{Receipt, ReceiptId, ReceiptKey, ReceiptState};
use kie_types::{Job, catalog};
use tokio::time::{Instant, sleep, timeout_at};

use super::task::Task;
use crate::{
    client::Client,
    error::{Error, NotResumed, NotResumedReason},
};

/// Pause between two reads of the ledger. Reading is repeated, because another process may write the task id to the
/// ledger.
const PAUSE: Duration = Duration::from_secs(1);

impl Client {
    /// Waits until the ledger has the task id of a receipt, and returns the task. `.await` the returned [`Resume`]. No
    /// request is sent.
    ///
    /// If the response with the task id was lost, the callback of the task still contains the id. A `Receiver` must
    /// write the callback to the same ledger, in this process or in another one.
    ///
    /// ```no_run
    /// # async fn demo(client: kie_suno::Client, request: kie_suno::requests::GenerateMusic) -> Result<(), kie_suno::Error> {
    /// use kie_suno::{Error, records::Music};
    ///
    /// let task = match client.start(request).await {
    ///     Err(Error::OutcomeUnknown(lost)) => match lost.receipt() {
    ///         Some(receipt) => client.resume::<Music>(receipt).await?,
    ///         None => return Err(Error::OutcomeUnknown(lost)),
    ///     },
    ///     started => started?,
    /// };
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::NotResumed`] immediately if the receipt cannot lead to a task of this kind, and after the timeout if
    /// the task is still not known. [`Error::Ledger`] if the ledger cannot be read, or if the client has no ledger.
    pub fn resume<J: Job>(&self, receipt: ReceiptId) -> Resume<J> {
        let timeout = self.polling().timeout;
        Resume { client: self.clone(), receipt, timeout, job: PhantomData }
    }
}

/// Waits for the task of a receipt. `.await` it to get the task. Returned by [`Client::resume`].
#[must_use = "nothing is waited for unless this is awaited"]
pub struct Resume<J: Job> {
    client: Client,
    receipt: ReceiptId,
    timeout: Duration,
    job: PhantomData<fn() -> J>,
}

impl<J: Job> Resume<J> {
    /// Sets the maximum time to wait for the task. Default: the time in the [settings of the
    /// client](crate::ClientBuilder::polling), or 15 minutes if they are not set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    async fn run(self) -> Result<Task<J>, Error> {
        let Self { client, receipt, timeout, .. } = self;
        let started = until_started(&client, receipt, timeout, Some(J::NAME)).await?;
        let id = started.task_id.unwrap_or_default();
        Ok(Task::resumed(client, id.into(), started.route, Some(receipt)))
    }
}

/// Waits until the ledger has the task id of a receipt, and returns the receipt with this id. `kind` is the kind of job
/// that the task must have, or `None` if it may have any.
pub(super) async fn until_started(
    client: &Client,
    id: ReceiptId,
    timeout: Duration,
    kind: Option<&'static str>,
) -> Result<Receipt, Error> {
    let ledger = client.ledger()?;
    let end = Instant::now().checked_add(timeout);
    let waiter = client.waiter(&id.to_string());
    loop {
        let Some(receipt) = ledger.find(ReceiptKey::Id(id)).await.map_err(Error::Ledger)? else {
            return Err(NotResumed::error(id, None, NotResumedReason::NotThere));
        };
        if is_started(&receipt, kind).map_err(|why| NotResumed::error(id, Some(receipt.operation.clone()), why))? {
            return Ok(receipt);
        }
        let now = Instant::now();
        if end.is_some_and(|end| end <= now) {
            return Err(NotResumed::error(id, Some(receipt.operation), NotResumedReason::Late(timeout)));
        }
        let next = end.map_or(now + PAUSE, |end| end.min(now + PAUSE));
        match &waiter {
            // Sleeps until a callback arrives or the pause is over. In both cases, the ledger is read next.
            Some(waiter) => drop(timeout_at(next, waiter.woken(now)).await),
            None => sleep(next - now).await,
        }
    }
}

/// Returns `true` if the receipt has a task id, and `false` while the task id may still become known.
fn is_started(receipt: &Receipt, kind: Option<&'static str>) -> Result<bool, NotResumedReason> {
    if let Ok(known) = catalog::find(&receipt.operation) {
        match (known.job, kind) {
            _ if !known.may_start_task(receipt.route) => return Err(NotResumedReason::NoJob),
            // The kind of such a task is the name of its operation.
            (None, Some(asked)) if asked != known.name => return Err(NotResumedReason::NoJob),
            (Some(is), Some(asked)) if is != asked => return Err(NotResumedReason::OtherJob { asked, is }),
            _ => {}
        }
    }
    match (&receipt.task_id, receipt.state) {
        (None, _) if receipt.forgotten => Err(NotResumedReason::Forgotten),
        (Some(_), _) => Ok(true),
        (None, ReceiptState::Prepared | ReceiptState::Refused) => Err(NotResumedReason::NotTaken),
        (None, ReceiptState::Sent) => Ok(false),
        (None, _) => Err(NotResumedReason::NoJob),
    }
}

impl<J: Job> IntoFuture for Resume<J> {
    type Output = Result<Task<J>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<J: Job> fmt::Debug for Resume<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resume").field("receipt", &self.receipt).field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

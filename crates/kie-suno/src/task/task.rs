//! A task under way.

use std::fmt;

use kie_ledger::{ReceiptId, ReceiptUpdate};
use kie_types::{Endpoint, Failure, Job, Output, PollOutcome, Record, RefusalKind, Report, TaskId};

use crate::{
    client::{Client, saw_task},
    error::{Error, TaskFailed},
};

/// A job under way at the service: an id, typed by kind, and a client to ask with.
///
/// Dropping it stops nothing. Keep the [id](Self::id), and [`Client::task`] takes it up again, in another process too.
pub struct Task<J: Job> {
    pub(super) client: Client,
    pub(super) id: TaskId<J>,
    /// Whether it was started just now, so that a first look at once would see nothing.
    pub(super) fresh: bool,
    /// The receipt of the call that started it, if that is known.
    pub(super) receipt: Option<ReceiptId>,
}

impl<J: Job> Task<J> {
    pub(crate) fn started(client: Client, id: TaskId<J>, receipt: Option<ReceiptId>) -> Self {
        Self { client, id, fresh: true, receipt }
    }

    pub(crate) fn resumed(client: Client, id: TaskId<J>, receipt: Option<ReceiptId>) -> Self {
        Self { client, id, fresh: false, receipt }
    }

    /// The id, the only thing that leads back to the task.
    pub fn id(&self) -> &TaskId<J> {
        &self.id
    }

    /// Looks once at how the task stands; `None` if the service does not know it, or not yet. What it shows is noted on the
    /// task's receipt, if there is one.
    ///
    /// # Errors
    ///
    /// [`Error::Failed`] if the service answers the look itself with a code that means the end of the task; what else
    /// stood between the call and its answer. A failure told in the record is no error here: see
    /// [`Record::state`].
    pub async fn fetch(&self) -> Result<Option<J::Record>, Error> {
        let polled = self.poll().await;
        if self.client.inner.ledger.is_some()
            && let Some(update) = told_by::<J>(&polled)
        {
            // Who has no ledger needs no room for it.
            Box::pin(self.update_receipt(&update)).await;
        }
        polled
    }

    /// Looks once at how the task stands, and notes nothing.
    pub(crate) async fn poll(&self) -> Result<Option<J::Record>, Error> {
        let read = |http_status, body: &[u8]| {
            saw_task(self.id.as_str());
            J::Lookup::read(http_status, body)
        };
        match self.client.read(J::lookup(self.id.clone()), read).await {
            Err(error) => look_failed(self.id.as_str(), error).map(|()| None),
            polled => polled,
        }
    }

    /// How the task stands, as a [`Report`].
    ///
    /// # Errors
    ///
    /// As [`fetch`](Self::fetch).
    pub async fn report(&self) -> Result<Report, Error> {
        Ok(Report::new(&self.id, self.fetch().await?.as_ref()))
    }

    /// The receipt of the call that started it, where it is known: of a task that was started or resumed with a
    /// [ledger](crate::ClientBuilder::ledger).
    pub fn receipt(&self) -> Option<ReceiptId> {
        self.receipt
    }

    /// Notes on its receipt what happened to the task.
    pub(crate) async fn update_receipt(&self, update: &ReceiptUpdate) {
        self.client.note_of_task(self.id.as_str(), self.receipt, update).await;
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn failed(&self, failure: Failure, record: Option<&J::Record>) -> Error {
        let items = Report::new(&self.id, record).items;
        Error::Failed(Box::new(TaskFailed { task_id: self.id.as_str().to_owned(), failure, items }))
    }
}

/// What a look means that was not answered with a record: nothing to see, or an error.
fn look_failed(task_id: &str, error: Error) -> Result<(), Error> {
    match error {
        Error::Api(error) if error.refusal.has_envelope() => match error.kind() {
            RefusalKind::TaskFailed => {
                let mut failure = Failure::default();
                failure.code = Some(error.code());
                failure.message = Some(error.refusal.message().to_owned());
                Err(Error::Failed(Box::new(TaskFailed { task_id: task_id.to_owned(), failure, items: Vec::new() })))
            }
            RefusalKind::NotFound | RefusalKind::Validation => Ok(()),
            _ => Err(Error::Api(error).of_task(task_id)),
        },
        error => Err(error.of_task(task_id)),
    }
}

/// The news in a look at a task. Of what was not delivered more may appear, and so it is left to a wait.
fn told_by<J: Job>(polled: &Result<Option<J::Record>, Error>) -> Option<ReceiptUpdate> {
    let standing = match polled {
        Ok(record) => {
            let record = record.as_ref()?;
            let items = record.output().map(|output| output.items()).unwrap_or_default();
            PollOutcome::of(record.state(), &items, true)
        }
        Err(Error::Failed(failed)) => PollOutcome::Failed(failed.failure.clone()),
        Err(_) => return None,
    };
    ReceiptUpdate::seen(&standing)
}

impl<J: Job> Clone for Task<J> {
    fn clone(&self) -> Self {
        Self { client: self.client.clone(), id: self.id.clone(), fresh: self.fresh, receipt: self.receipt }
    }
}

impl<J: Job> fmt::Debug for Task<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Task").field(&self.id).finish()
    }
}

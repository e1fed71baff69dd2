//! A running or finished task.

use std::fmt;

use kie_ledger::{ReceiptId, ReceiptUpdate};
use kie_transport::{RetryAfter, Timeouts};
use kie_types::{
    Callback, Credits, Endpoint, Failure, Job, MarketAnswer, Output, PollOutcome, Record, RefusalKind, Report, Route,
    TaskId, Unreadable, envelope::ReadError,
};

use crate::{
    client::{Client, saw_task},
    error::{Error, TaskFailed},
};

/// Maximum length of an id of the service in an error, in characters. The ids of the service have 32 characters.
const MAX_ID_CHARS: usize = 64;

/// A task at the service: its id, typed by kind of job, and the client to poll it with.
///
/// Dropping this value does not stop the task. Save the [id](Self::id): [`Client::task`] returns the task again, also
/// in another process.
pub struct Task<J: Job> {
    pub(super) client: Client,
    pub(super) id: TaskId<J>,
    /// `true` if a call of `Client::start` has just started the task. `false` for a task from a saved id, from a
    /// receipt, or from an earlier call with the same name. The first poll of a fresh task is delayed, because the task
    /// has usually just begun.
    pub(super) fresh: bool,
    /// Route that started the task, and on which it is read.
    pub(super) route: Route,
    /// Receipt of the call that started the task, if the receipt is known.
    pub(super) receipt: Option<ReceiptId>,
}

impl<J: Job> Task<J> {
    pub(crate) fn started(client: Client, id: TaskId<J>, route: Route, receipt: Option<ReceiptId>) -> Self {
        Self { client, id, fresh: true, route, receipt }
    }

    pub(crate) fn resumed(client: Client, id: TaskId<J>, route: Route, receipt: Option<ReceiptId>) -> Self {
        Self { client, id, fresh: false, route, receipt }
    }

    /// Returns the id of the task. Save it: without the id, the task cannot be found again.
    pub fn id(&self) -> &TaskId<J> {
        &self.id
    }

    /// Returns the route on which the task is read.
    pub fn route(&self) -> Route {
        self.route
    }

    /// Returns the same task, read on this route. Use this method for a saved id whose task was started on another route
    /// than that of the client: it is not known if a route knows the tasks of the other.
    ///
    /// ```no_run
    /// # async fn demo(client: kie_suno::Client, id: &str) -> Result<(), kie_suno::Error> {
    /// use kie_suno::{Route, records::Music};
    ///
    /// let tracks = client.task::<Music>(id).on(Route::Market).wait().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn on(mut self, route: Route) -> Self {
        self.route = route;
        self
    }

    /// Polls the task once and returns its record. `None` if the service does not know the task, or does not know it
    /// yet.
    ///
    /// If the task has a receipt, the client writes to the receipt that the task has reached a stage, or that it has
    /// failed. No other result of the poll is written.
    ///
    /// # Errors
    ///
    /// [`Error::Failed`] if the service refuses the poll with a code that means that the task has failed. The errors of
    /// a [call](Client::call) if the poll fails for another reason. A failure inside the record is not an error here:
    /// see [`Record::state`].
    pub async fn fetch(&self) -> Result<Option<J::Record>, Error> {
        let polled = self.poll().await;
        if self.client.inner.ledger.is_some()
            && let Some(update) = update_from_poll::<J>(&polled)
        {
            let cost = polled.as_ref().ok().and_then(|record| record.as_ref()?.credits_consumed());
            // Boxed, so that the future stays small for clients without a ledger.
            Box::pin(self.update_receipt(&update, cost)).await;
        }
        polled
    }

    /// Polls the task once and returns its record. `None` if the service does not know the task. Writes nothing to the
    /// receipt.
    pub(crate) async fn poll(&self) -> Result<Option<J::Record>, Error> {
        self.poll_within(None, None).await
    }

    /// Polls the task once with these timeouts, like [`poll`](Self::poll). `retry_after` is set to the pause that the
    /// response asked for.
    pub(super) async fn poll_within(
        &self,
        timeouts: Option<Timeouts>,
        retry_after: Option<&RetryAfter>,
    ) -> Result<Option<J::Record>, Error> {
        let read = |http_status, body: &[u8]| {
            saw_task(self.id.as_str());
            let record = read_record::<J>(self.route, http_status, body)?;
            match record.as_ref().and_then(|record| other_task(record, self.id.as_str())) {
                None => Ok(record),
                Some(reason) => Err(ReadError::Unreadable(Unreadable::new(http_status, body, reason))),
            }
        };
        match self.client.read(J::lookup(self.id.clone()), self.route, timeouts, retry_after, read).await {
            Ok(Some(record)) if J::RESULT_BY_CALLBACK && self.route == Route::Market => {
                Ok(Some(self.with_callback(record).await))
            }
            Err(error) => match poll_failed(self.id.as_str(), error) {
                Ok(()) => Ok(None),
                Err(error) => Err(self.with_receipt(error)),
            },
            polled => polled,
        }
    }

    /// Adds the results of the callback that a ledger has kept, if the record has no results.
    async fn with_callback(&self, mut record: J::Record) -> J::Record {
        let has_items = |output: &J::Output| !output.items().is_empty();
        if record.output().as_ref().is_some_and(has_items) {
            return record;
        }
        for ledger in self.client.callback_ledgers() {
            if let Ok(Some(body)) = ledger.callback_body(self.id.as_str()).await
                && let Ok(callback) = Callback::<J>::parse(&body)
                && let Some(output) = callback.output().filter(has_items)
            {
                J::add_output(&mut record, output);
                break;
            }
        }
        record
    }

    /// Polls the task once and returns its state as a [`Report`].
    ///
    /// # Errors
    ///
    /// Same as [`fetch`](Self::fetch).
    pub async fn report(&self) -> Result<Report, Error> {
        Ok(Report::new(&self.id, self.fetch().await?.as_ref()))
    }

    /// Returns the receipt of the call that started the task. `None` if the client has no
    /// [ledger](crate::ClientBuilder::ledger), and for a task that [`Client::task`] returned.
    pub fn receipt(&self) -> Option<ReceiptId> {
        self.receipt
    }

    /// Writes an update and the cost of the task to its receipt, if the task has a receipt. `cost` is `None` if the cost
    /// is not known.
    pub(crate) async fn update_receipt(&self, update: &ReceiptUpdate, cost: Option<Credits>) {
        self.client.update_task_receipt(self.id.as_str(), self.receipt, update, cost).await;
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn failed(&self, failure: Failure, record: Option<&J::Record>) -> Error {
        let items = Report::new(&self.id, record).items;
        self.with_receipt(TaskFailed::new(self.id.as_str(), failure).with_items(items).into())
    }

    /// Sets the receipt of an error about this task, if the receipt is known.
    pub(crate) fn with_receipt(&self, error: Error) -> Error {
        match self.receipt {
            Some(receipt) => error.with_receipt(receipt),
            None => error,
        }
    }
}

/// Reads the response to a lookup on this route.
fn read_record<J: Job>(route: Route, http_status: u16, body: &[u8]) -> Result<Option<J::Record>, ReadError> {
    match route {
        Route::Market => J::Lookup::read_market(http_status, body).map(|answer| match answer {
            MarketAnswer::Result(record) => record,
            MarketAnswer::Task(_) => None,
        }),
        _ => J::Lookup::read(http_status, body),
    }
}

/// Compares the id in the record with the id of the polled task, `asked`. If the record belongs to another task,
/// returns the reason why the record cannot be used. A record without an id is accepted. A record with a masked id such
/// as `5c79****be8e` is accepted too, because the documentation shows ids in this form.
fn other_task(record: &impl Record, asked: &str) -> Option<String> {
    let is_of_other = |id: &&str| *id != asked && !id.trim().is_empty() && !id.contains('*');
    let other = record.task_id().filter(is_of_other)?;
    let other: String = other.chars().take(MAX_ID_CHARS).collect();
    Some(format!("it is the record of task {other:?}, not of task {asked:?}"))
}

/// Classifies the error of a poll. Returns `Ok` if the error means that the service does not know the task.
fn poll_failed(task_id: &str, error: Error) -> Result<(), Error> {
    match error {
        Error::Api(error) if error.refusal.has_envelope() => match error.kind() {
            RefusalKind::TaskFailed => {
                let mut failure = Failure::default();
                failure.code = Some(error.code());
                failure.message = Some(error.refusal.message().to_owned());
                Err(TaskFailed::new(task_id, failure).into())
            }
            RefusalKind::NotFound | RefusalKind::Validation => Ok(()),
            _ => Err(Error::Api(error).of_task(task_id)),
        },
        error => Err(error.of_task(task_id)),
    }
}

/// Returns the receipt update for the result of a poll. `None` if there is nothing to write. Nothing is written for an
/// undelivered task: the service gave up delivering its callback, and the task may still get more results. Only a wait
/// decides when such a task counts as finished.
fn update_from_poll<J: Job>(polled: &Result<Option<J::Record>, Error>) -> Option<ReceiptUpdate> {
    let outcome = match polled {
        Ok(record) => {
            let record = record.as_ref()?;
            let items = record.output().map(|output| output.items()).unwrap_or_default();
            PollOutcome::of(record.state(), &items, true)
        }
        Err(Error::Failed(failed)) => PollOutcome::Failed(failed.failure.clone()),
        Err(_) => return None,
    };
    ReceiptUpdate::from_poll(&outcome)
}

impl<J: Job> Clone for Task<J> {
    fn clone(&self) -> Self {
        Self {
            client: self.client.clone(),
            id: self.id.clone(),
            fresh: self.fresh,
            route: self.route,
            receipt: self.receipt,
        }
    }
}

impl<J: Job> fmt::Debug for Task<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Task").field(&self.id).finish()
    }
}

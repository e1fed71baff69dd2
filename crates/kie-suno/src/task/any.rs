//! A task of any kind, without the types of its job.

use std::{fmt, pin::Pin};

use kie_ledger::{Receipt, ReceiptId, ReceiptUpdate};
use kie_types::{
    Endpoint, Item, Job, Output, Record, Report, Stage, TaskEndpoint, TaskState, Timestamp, Unreadable,
    catalog::{self, OPERATIONS},
};

use super::{any_wait::AnyWait, task::Task};
use crate::{
    client::Client,
    error::{About, DecodeError, Error},
    waiting::Polling,
};

impl<J: Job> Task<J> {
    /// The same task without its types, to be kept beside those of other kinds.
    pub fn any(&self) -> AnyTask {
        AnyTask::new::<J>(self.client.clone(), self.id.as_str().to_owned(), self.receipt)
    }

    /// The error of a task that came this far and has nothing to show for it.
    pub(crate) fn shows_nothing(&self) -> Error {
        self.any().shows_nothing()
    }
}

impl Client {
    /// Takes up a task again whose kind is known by a name alone, such as one from a database: the operation that started it
    /// (`generate-music`), or the kind of its job (`music`). `None` if nothing of this name starts tasks.
    ///
    /// ```no_run
    /// # async fn demo(client: kie_suno::Client, kind: &str, id: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// let task = client.any_task(kind, id).ok_or("an unknown kind of task")?;
    /// let report = task.wait().await?;
    /// for file in task.save(&report, "songs").await? {
    ///     println!("{}", file.path.display());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn any_task(&self, kind: &str, id: impl Into<String>) -> Option<AnyTask> {
        let is_it = |job| job == kind;
        let known = OPERATIONS.iter().find(|known| known.name == kind || known.job.is_some_and(is_it))?;
        self.started_by(known.name, id.into(), None)
    }

    /// The task of a receipt, as soon as the receipt knows it. `None` before, and where the call started none.
    ///
    /// ```no_run
    /// # async fn demo(client: kie_suno::Client) -> Result<(), kie_suno::Error> {
    /// if let Some(receipt) = client.receipt("order-4711").await?
    ///     && let Some(task) = client.task_of(&receipt)
    /// {
    ///     println!("{}: {} {:?}", receipt.state, task.id(), receipt.files);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn task_of(&self, receipt: &Receipt) -> Option<AnyTask> {
        self.started_by(&receipt.operation, receipt.task_id.clone()?, Some(receipt.id))
    }

    fn started_by(&self, operation: &str, id: String, receipt: Option<ReceiptId>) -> Option<AnyTask> {
        catalog::visit(operation, StartedTask { client: self.clone(), id, receipt }).flatten()
    }
}

/// The task that an operation started, made by a visit to the operation.
struct StartedTask {
    client: Client,
    id: String,
    receipt: Option<ReceiptId>,
}

impl catalog::Visitor for StartedTask {
    type Output = Option<AnyTask>;

    fn call<E: Endpoint>(self) -> Option<AnyTask> {
        None
    }

    fn start<E: TaskEndpoint>(self) -> Option<AnyTask> {
        Some(AnyTask::new::<E::Job>(self.client, self.id, self.receipt))
    }
}

/// A task of any kind, without the types of its job. Made by [`Client::any_task`], [`Client::task_of`] and [`Task::any`].
#[derive(Clone)]
pub struct AnyTask {
    pub(crate) client: Client,
    pub(crate) id: String,
    pub(crate) receipt: Option<ReceiptId>,
    /// The kind of job in one word.
    pub(crate) job: &'static str,
    lookup: &'static str,
    poll: fn(Client, String) -> PollFuture,
    report: fn(Self) -> Reporting,
    wait: fn(Self, Stage, Option<Polling>) -> Reporting,
}

type PollFuture = Pin<Box<dyn Future<Output = Result<Option<Box<dyn AnyRecord>>, Error>> + Send>>;

/// The future of a report.
pub(super) type Reporting = Pin<Box<dyn Future<Output = Result<Report, Error>> + Send>>;

impl AnyTask {
    pub(crate) fn new<J: Job>(client: Client, id: String, receipt: Option<ReceiptId>) -> Self {
        let lookup = <J::Lookup as Endpoint>::NAME;
        Self { client, id, receipt, job: J::NAME, lookup, poll: poll::<J>, report: report::<J>, wait: wait::<J> }
    }

    /// The id, the only thing that leads back to the task.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The kind of its job in one word, such as `music`.
    pub fn kind(&self) -> &'static str {
        self.job
    }

    /// The receipt of the call that started it, where it is known.
    pub fn receipt(&self) -> Option<ReceiptId> {
        self.receipt
    }

    /// Polls once, and reports how the task stands. As [`Task::report`].
    ///
    /// # Errors
    ///
    /// As [`Task::fetch`].
    pub async fn report(&self) -> Result<Report, Error> {
        (self.report)(self.clone()).await
    }

    /// Waits until the task is finished, and reports what it made. As [`Task::wait`].
    pub fn wait(&self) -> AnyWait {
        AnyWait::new(self.clone())
    }

    /// Waits for this stage.
    pub(super) fn until(self, stage: Stage, polling: Option<Polling>) -> Reporting {
        (self.wait)(self, stage, polling)
    }

    fn typed<J: Job>(self) -> Task<J> {
        Task::resumed(self.client, self.id.as_str().into(), self.receipt)
    }

    /// As [`Task::poll`](crate::Task::poll).
    pub(crate) async fn poll(&self) -> Result<Option<Box<dyn AnyRecord>>, Error> {
        (self.poll)(self.client.clone(), self.id.clone()).await
    }

    /// Notes on its receipt what happened to the task.
    pub(crate) async fn update_receipt(&self, update: &ReceiptUpdate) {
        self.client.note_of_task(&self.id, self.receipt, update).await;
    }

    /// The error of a task that came this far and has nothing to show for it.
    pub(crate) fn shows_nothing(&self) -> Error {
        let answer = Unreadable::new(200, b"", "the task is finished, and its record shows no result");
        Error::Decode(Box::new(DecodeError { about: About::new(self.lookup), answer })).of_task(&self.id)
    }
}

impl fmt::Debug for AnyTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyTask").field("kind", &self.job).field("id", &self.id).finish_non_exhaustive()
    }
}

fn poll<J: Job>(client: Client, id: String) -> PollFuture {
    Box::pin(async move {
        let record = client.task::<J>(id).poll().await?;
        Ok(record.map(|record| -> Box<dyn AnyRecord> { Box::new(record) }))
    })
}

fn report<J: Job>(task: AnyTask) -> Reporting {
    Box::pin(async move { task.typed::<J>().report().await })
}

fn wait<J: Job>(task: AnyTask, until: Stage, polling: Option<Polling>) -> Reporting {
    Box::pin(async move {
        let task = task.typed::<J>();
        let mut events = task.events();
        if let Some(polling) = polling {
            events = events.polling(polling);
        }
        while let Some(event) = events.next().await {
            let event = event?;
            if event.stage >= Some(until) {
                return Ok(Report::new(task.id(), Some(&event.record)));
            }
        }
        Err(task.shows_nothing())
    })
}

/// A record, whatever it is of.
pub(crate) trait AnyRecord: Send + Sync {
    /// How far the task has come.
    fn state(&self) -> TaskState;

    /// What it made by now.
    fn items(&self) -> Vec<Item>;

    /// When the service says that the task was made.
    fn created(&self) -> Option<Timestamp>;

    /// The record as a JSON document for people.
    fn json(&self) -> Result<Vec<u8>, serde_json::Error>;
}

impl<R: Record> AnyRecord for R {
    fn state(&self) -> TaskState {
        Record::state(self)
    }

    fn items(&self) -> Vec<Item> {
        self.output().map(|output| output.items()).unwrap_or_default()
    }

    fn created(&self) -> Option<Timestamp> {
        Record::created(self).cloned()
    }

    fn json(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec_pretty(self)
    }
}

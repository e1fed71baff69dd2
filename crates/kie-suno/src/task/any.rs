//! Tasks without the types of their job, for code that handles several kinds.

use std::{fmt, pin::Pin};

use kie_ledger::{Receipt, ReceiptId, ReceiptUpdate};
use kie_types::{
    Credits, Endpoint, Item, Job, Output, Record, Report, ResultOf, Route, Stage, TaskEndpoint, TaskState, Timestamp,
    Unreadable,
    catalog::{self, OPERATIONS, Operation},
};

use super::{
    any_events::{Changes, changes},
    any_wait::AnyWait,
    task::Task,
};
use crate::{
    client::Client,
    error::{About, DecodeError, Error},
    receipts::TaskFacts,
    waiting::Polling,
};

impl<J: Job> Task<J> {
    /// Returns the same task without its types, so that it can be stored together with tasks of other kinds.
    pub fn any(&self) -> AnyTask {
        AnyTask::new::<J>(self.client.clone(), self.id.as_str().to_owned(), self.route, self.receipt).fresh(self.fresh)
    }

    /// Returns the error for a task whose record shows no result, although the task has reached the awaited stage.
    pub(crate) fn shows_nothing(&self) -> Error {
        self.any().shows_nothing()
    }
}

impl Client {
    /// Returns the task with this id. Use this method if your program has the kind of the task as a string, for example
    /// from a database, and not as a Rust type. No request is sent.
    ///
    /// `kind` is the operation that started the task (`generate-music`), or the kind of its job (`music`). The task of an
    /// operation is read on the [route of this operation](crate::ClientBuilder::route_for), and the task of a kind on the
    /// [route of the client](crate::ClientBuilder::route): use [`AnyTask::on`] for a task that another route started.
    ///
    /// Returns `None` if no operation that starts tasks has this name or this kind of job. On the market route, an
    /// operation that responds with its result, such as `boost-music-style`, may start a task too.
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
        let operation = operation_of(kind)?;
        let route = if operation.name == kind { self.route_named(kind) } else { self.inner.route };
        self.started_by(operation.name, id.into(), route, None)
    }

    /// Returns the task with this id, read on this route. [`any_task`](Self::any_task) chooses the route from the settings
    /// of the client. Returns `None` if no operation with this name, or with this kind of job, starts tasks on this route.
    ///
    /// ```no_run
    /// # async fn demo(client: kie_suno::Client, id: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// use kie_suno::Route;
    ///
    /// let task = client.any_task_on("boost-music-style", id, Route::Market).ok_or("an unknown kind of task")?;
    /// let report = task.wait().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn any_task_on(&self, kind: &str, id: impl Into<String>, route: Route) -> Option<AnyTask> {
        self.started_by(operation_of(kind)?.name, id.into(), route, None)
    }

    /// Returns the task of a receipt. `None` while the receipt has no task id, and if its operation is not known to
    /// start tasks on the route of the receipt.
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
        self.started_by(&receipt.operation, receipt.task_id.clone()?, receipt.route, Some(receipt.id))
    }

    fn started_by(&self, operation: &str, id: String, route: Route, receipt: Option<ReceiptId>) -> Option<AnyTask> {
        catalog::find(operation).ok().filter(|operation| operation.may_start_task(route))?;
        catalog::visit(operation, StartedTask { client: self.clone(), id, route, receipt })
    }
}

/// Returns the operation with this name, or the first operation that starts tasks of this kind.
fn operation_of(kind: &str) -> Option<&'static Operation> {
    catalog::find(kind).ok().or_else(|| OPERATIONS.iter().find(|known| known.job == Some(kind)))
}

/// Visitor of the catalog that builds the task of an operation.
struct StartedTask {
    client: Client,
    id: String,
    route: Route,
    receipt: Option<ReceiptId>,
}

impl catalog::Visitor for StartedTask {
    type Output = AnyTask;

    /// On the market route, an operation that responds with its result may start a task that makes the result.
    fn call<E: Endpoint>(self) -> AnyTask {
        AnyTask::new::<ResultOf<E>>(self.client, self.id, self.route, self.receipt)
    }

    fn start<E: TaskEndpoint>(self) -> AnyTask {
        AnyTask::new::<E::Job>(self.client, self.id, self.route, self.receipt)
    }
}

/// A task whose kind is known only at run time: a [`Task`] without its type parameter. Its results have a form that is
/// equal for all kinds. Returned by
/// [`Client::start_any`], [`Client::any_task`], [`Client::any_task_on`], [`Client::task_of`], [`Client::resume_any`] and
/// [`Task::any`].
#[derive(Clone)]
pub struct AnyTask {
    pub(crate) client: Client,
    pub(crate) id: String,
    /// `true` if the call that started the task has just ended: see [`Task`].
    pub(super) fresh: bool,
    /// Route on which the task is read.
    pub(crate) route: Route,
    pub(crate) receipt: Option<ReceiptId>,
    /// Kind of the job in one word, such as `music`.
    pub(crate) job: &'static str,
    lookup: &'static str,
    /// `true` if the results come only in the callback of the task on the market route.
    result_by_callback: bool,
    poll: fn(Self) -> PollFuture,
    report: fn(Self) -> ReportFuture,
    pub(super) changes: fn(Self, Polling) -> Box<dyn Changes>,
}

type PollFuture = Pin<Box<dyn Future<Output = Result<Option<Box<dyn AnyRecord>>, Error>> + Send>>;

/// Future that resolves to a report.
pub(super) type ReportFuture = Pin<Box<dyn Future<Output = Result<Report, Error>> + Send>>;

impl AnyTask {
    pub(crate) fn new<J: Job>(client: Client, id: String, route: Route, receipt: Option<ReceiptId>) -> Self {
        let lookup = <J::Lookup as Endpoint>::NAME;
        let result_by_callback = J::RESULT_BY_CALLBACK;
        let (poll, report, changes) = (poll::<J>, report::<J>, changes::<J>);
        let (job, fresh) = (J::NAME, false);
        Self { client, id, fresh, route, receipt, job, lookup, result_by_callback, poll, report, changes }
    }

    /// Sets if the call that started the task has just ended.
    pub(super) fn fresh(self, fresh: bool) -> Self {
        Self { fresh, ..self }
    }

    /// Returns the id of the task. Save it: without the id, the task cannot be found again.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the route on which the task is read.
    pub fn route(&self) -> Route {
        self.route
    }

    /// Returns the same task, read on this route: see [`Task::on`].
    #[must_use]
    pub fn on(mut self, route: Route) -> Self {
        self.route = route;
        self
    }

    /// Returns the kind of the task's job in one word, such as `music`. Returns the name of the operation if the operation
    /// responds with its result on the classic route, such as `boost-music-style`.
    pub fn kind(&self) -> &'static str {
        self.job
    }

    /// Returns the receipt of the call that started the task, if the receipt is known.
    pub fn receipt(&self) -> Option<ReceiptId> {
        self.receipt
    }

    /// Polls the task once and returns its state as a [`Report`], as [`Task::report`] does.
    ///
    /// # Errors
    ///
    /// Same as [`Task::fetch`].
    pub async fn report(&self) -> Result<Report, Error> {
        (self.report)(self.clone()).await
    }

    /// Waits until the task is finished and returns its results as a [`Report`], as [`Task::wait`] does.
    pub fn wait(&self) -> AnyWait {
        AnyWait::new(self.clone())
    }

    /// Waits until the task reaches this stage, and returns its report.
    pub(super) fn until(self, stage: Stage, polling: Option<Polling>) -> ReportFuture {
        Box::pin(async move {
            let mut events = self.events();
            if let Some(polling) = polling {
                events = events.polling(polling);
            }
            while let Some(event) = events.next().await {
                let event = event?;
                if event.stage >= Some(stage) {
                    return Ok(event.report);
                }
            }
            Err(self.shows_nothing())
        })
    }

    pub(super) fn typed<J: Job>(self) -> Task<J> {
        let Self { client, id, fresh, route, receipt, .. } = self;
        Task { client, id: id.into(), fresh, route, receipt }
    }

    /// Polls the task once and returns its record. `None` if the service does not know the task. Writes nothing to the
    /// receipt.
    pub(crate) async fn poll(&self) -> Result<Option<Box<dyn AnyRecord>>, Error> {
        (self.poll)(self.clone()).await
    }

    /// Writes an update and facts about the task to its receipt, if the task has a receipt.
    pub(crate) async fn update_receipt(&self, update: &ReceiptUpdate, facts: TaskFacts) {
        self.client.update_task_receipt(&self.id, self.receipt, update, facts).await;
    }

    /// Returns the error for a task whose record shows no result, although the task has reached the awaited stage.
    pub(crate) fn shows_nothing(&self) -> Error {
        let reason = if self.result_by_callback && self.route == Route::Market {
            "the task is finished, and on the market route its result comes only in its callback: none with a result was \
             kept. It needs a receiver (ClientBuilder::callbacks), and a ledger of the client or of the receiver"
        } else {
            "the task is finished, and its record shows no result"
        };
        let answer = Unreadable::new(200, b"", reason);
        let mut about = About::new(self.lookup).of_task(&*self.id);
        about.receipt = self.receipt;
        Error::Decode(Box::new(DecodeError { about, answer }))
    }
}

impl fmt::Debug for AnyTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyTask").field("kind", &self.job).field("id", &self.id).finish_non_exhaustive()
    }
}

fn poll<J: Job>(task: AnyTask) -> PollFuture {
    Box::pin(async move {
        let record = task.typed::<J>().poll().await?;
        Ok(record.map(|record| -> Box<dyn AnyRecord> { Box::new(record) }))
    })
}

fn report<J: Job>(task: AnyTask) -> ReportFuture {
    Box::pin(async move { task.typed::<J>().report().await })
}

/// A record of any kind of job, without its type.
pub(crate) trait AnyRecord: Send + Sync {
    /// Returns the state of the task.
    fn state(&self) -> TaskState;

    /// Returns the items that the task has made by now.
    fn items(&self) -> Vec<Item>;

    /// Returns the creation time of the task, as the service reports it.
    fn created(&self) -> Option<Timestamp>;

    /// Returns the credits that the task cost, if the record tells the cost.
    fn credits_consumed(&self) -> Option<Credits>;

    /// Returns the record as indented JSON.
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

    fn credits_consumed(&self) -> Option<Credits> {
        Record::credits_consumed(self)
    }

    fn json(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec_pretty(self)
    }
}

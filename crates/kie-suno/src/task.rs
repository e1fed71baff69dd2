//! A task under way.

use std::{fmt, pin::Pin, time::Duration};

use kie_types::{Endpoint, ErrorKind, Failure, Job, Output, Record, Report, Stage, State, TaskId};

use crate::{
    any_task::AnyTask,
    client::Client,
    error::{Error, TaskFailed},
    events::Events,
    pace::Pace,
    wire::saw_task,
};
use kie_ledger::{News, ReceiptId};

/// A job under way at the service: an id, typed by kind, and a client to ask with.
///
/// Dropping it stops nothing. Keep the [id](Self::id), and [`Client::task`] takes it up again, in another process too.
pub struct Task<J: Job> {
    client: Client,
    id: TaskId<J>,
    /// Whether it was started just now, so that a first look at once would see nothing.
    fresh: bool,
    /// The receipt of the call that started it, if that is known.
    receipt: Option<ReceiptId>,
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
        let looked = self.look().await;
        if self.client.inner.ledger.is_some()
            && let Some(news) = told_by::<J>(&looked)
        {
            // Who has no ledger needs no room for it.
            Box::pin(self.note(&news)).await;
        }
        looked
    }

    /// Looks once at how the task stands, and notes nothing.
    pub(crate) async fn look(&self) -> Result<Option<J::Record>, Error> {
        let read = |http_status, body: &[u8]| {
            saw_task(self.id.as_str());
            J::Lookup::read(http_status, body)
        };
        match self.client.call_and_read(J::lookup(self.id.clone()), read).await {
            Err(error) => look_failed(self.id.as_str(), error).map(|()| None),
            looked => looked,
        }
    }

    /// Waits until the task is finished, and returns what it made. A task that is finished and shows nothing that it
    /// made is an [`Error::Decode`].
    ///
    /// Await it as it is, or [narrow it](Wait) first.
    pub fn wait(&self) -> Wait<J> {
        Wait { task: self.clone(), until: Stage::Complete, pace: self.pace() }
    }

    /// The changes of the task as they come, to the end.
    pub fn events(&self) -> Events<J> {
        Events::new(self.clone(), self.pace())
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
    pub(crate) async fn note(&self, news: &News) {
        self.client.note_of_task(self.id.as_str(), self.receipt, news).await;
    }

    /// The same without its types.
    pub(crate) fn any(&self) -> AnyTask {
        AnyTask::new::<J>(self.client.clone(), self.id.as_str().to_owned(), self.receipt)
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    fn pace(&self) -> Pace {
        if self.client.waiters().is_some() { Pace::sweep() } else { Pace::default() }
    }

    pub(crate) fn first_look(&self, pace: &Pace) -> Duration {
        if self.fresh { pace.first_look } else { Duration::ZERO }
    }

    /// What a task is that came this far and has nothing to show for it.
    pub(crate) fn shows_nothing(&self) -> Error {
        self.any().shows_nothing()
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
            ErrorKind::TaskFailed => {
                let mut failure = Failure::default();
                failure.code = Some(error.code());
                failure.message = Some(error.refusal.message().to_owned());
                Err(Error::Failed(Box::new(TaskFailed { task_id: task_id.to_owned(), failure, items: Vec::new() })))
            }
            ErrorKind::NotFound | ErrorKind::Validation => Ok(()),
            _ => Err(Error::Api(error).of_task(task_id)),
        },
        error => Err(error.of_task(task_id)),
    }
}

/// The news in a look at a task.
fn told_by<J: Job>(looked: &Result<Option<J::Record>, Error>) -> Option<News> {
    let record = match looked {
        Ok(record) => record.as_ref()?,
        Err(Error::Failed(failed)) => return Some(News::Failed { reason: failed.failure.to_string() }),
        Err(_) => return None,
    };
    match record.state() {
        State::Running(stage) => stage.map(|stage| News::Reached { stage }),
        State::Complete => {
            let shows_any = record.output().is_some_and(|output| !output.items().is_empty());
            shows_any.then_some(News::Reached { stage: Stage::Complete })
        }
        State::Failed(failure) => Some(News::Failed { reason: failure.to_string() }),
        // Of what was not delivered more may appear, and so it is left to who waits for it.
        _ => None,
    }
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

/// A wait for a task: `.await` it. Made by [`Task::wait`].
///
/// ```no_run
/// # async fn demo(task: kie_suno::Task<kie_suno::Music>) -> Result<(), kie_suno::Error> {
/// use std::time::Duration;
/// use kie_suno::Stage;
///
/// let first = task.wait().until(Stage::First).await?;
/// let all = task.wait().timeout(Duration::from_secs(300)).await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a wait does nothing unless it is awaited"]
pub struct Wait<J: Job> {
    task: Task<J>,
    until: Stage,
    pace: Pace,
}

impl<J: Job> Wait<J> {
    /// Ends the wait at this stage, with what there is by then.
    pub fn until(mut self, stage: Stage) -> Self {
        self.until = stage;
        self
    }

    /// Waits this long in all, in place of 15 minutes.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.pace.timeout = timeout;
        self
    }

    /// Sets every number of the wait.
    pub fn pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }
}

impl<J: Job> IntoFuture for Wait<J> {
    type Output = Result<J::Output, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let mut events = self.task.events().pace(self.pace);
            let mut output = None;
            while let Some(event) = events.next().await {
                let event = event?;
                if event.stage >= Some(self.until) {
                    output = event.record.output();
                    break;
                }
            }
            output.ok_or_else(|| self.task.shows_nothing())
        })
    }
}

impl<J: Job> fmt::Debug for Wait<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait").field("task", &self.task).field("until", &self.until).field("pace", &self.pace).finish()
    }
}

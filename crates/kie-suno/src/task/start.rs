//! Starting a task, and finding one again by its id.

use std::{fmt, marker::PhantomData};

use kie_types::{Job, MarketAnswer, Route, TaskEndpoint, TaskId, envelope::ReadError};
use serde::Serialize;
use serde_json::Value;

use super::task::Task;
use crate::{
    calls::{CallFuture, CallOrigin, PreparedCall, check_json, setters},
    client::{Client, Target, call_back, saw_task},
    error::Error,
};

impl Client {
    /// Starts a task. `.await` the returned [`Start`] to get the [`Task`]. The `.await` ends when the service has
    /// accepted the task, and does not wait for its result.
    ///
    /// The future may be dropped at any time, for example by your own `timeout` or `select!`. A start that was already
    /// sent then continues in the background until its response arrives: see [`CallFuture`].
    ///
    /// # Errors
    ///
    /// Same as [`call`](Self::call). [`Error::OutcomeUnknown`] means that the task may have been started and paid for.
    pub fn start<E: TaskEndpoint>(&self, request: E) -> Start<E> {
        Start::new(PreparedCall::new(self, request, E::validate_on, call_back::field))
    }

    /// Starts a task with a JSON document as its request. The document is sent in the same way as by
    /// [`call_json`](Self::call_json).
    ///
    /// # Errors
    ///
    /// Same as [`start`](Self::start).
    pub fn start_json<E: TaskEndpoint>(&self, request: Value) -> Start<E, Value> {
        Start::new(PreparedCall::new(self, request, check_json::<E>, call_back::json::<E>))
    }

    /// Returns a task by its saved id, to poll it or wait for it. No request is sent. The task is read on the [route of
    /// the client](crate::ClientBuilder::route): use [`Task::on`] for a task that another route started.
    ///
    /// ```no_run
    /// # async fn demo(client: kie_suno::Client) -> Result<(), kie_suno::Error> {
    /// use kie_suno::records::Music;
    /// let tracks = client.task::<Music>("4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e").wait().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn task<J: Job>(&self, id: impl Into<TaskId<J>>) -> Task<J> {
        Task::resumed(self.clone(), id.into(), self.inner.route, None)
    }
}

/// The start of a task. `.await` it to send the request. Returned by [`Client::start`] and [`Client::start_json`].
#[must_use = "nothing is started unless this is awaited"]
pub struct Start<E: TaskEndpoint, R = E> {
    prepared: PreparedCall<R>,
    endpoint: PhantomData<fn() -> E>,
}

impl<E: TaskEndpoint, R> Start<E, R> {
    fn new(prepared: PreparedCall<R>) -> Self {
        Self { prepared, endpoint: PhantomData }
    }

    setters!(self => self.prepared);
    setters!(unchecked self => self.prepared);
    setters!(named self => self.prepared);
}

impl<E: TaskEndpoint, R: Serialize + Send + 'static> IntoFuture for Start<E, R> {
    type Output = Result<Task<E::Job>, Error>;
    type IntoFuture = CallFuture<Task<E::Job>>;

    fn into_future(self) -> Self::IntoFuture {
        let task = |client, started: E::Response, origin: CallOrigin| match origin.is_recalled {
            false => Task::started(client, started.task_id, origin.route, origin.receipt),
            true => Task::resumed(client, started.task_id, origin.route, origin.receipt),
        };
        let route = self.prepared.route::<E>();
        self.prepared.run(Target::on::<E>(route), move |http_status, body| started::<E>(route, http_status, body), task)
    }
}

impl<E: TaskEndpoint, R> fmt::Debug for Start<E, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Start")
            .field("operation", &E::NAME)
            .field("options", &self.prepared.options)
            .finish_non_exhaustive()
    }
}

/// Reads the response to a start, and records the task id in the current span.
pub(super) fn started<E: TaskEndpoint>(route: Route, http_status: u16, body: &[u8]) -> Result<E::Response, ReadError> {
    let started = match route {
        Route::Market => E::read_market(http_status, body).map(|answer| match answer {
            MarketAnswer::Task(id) => E::Response::new(id),
            MarketAnswer::Result(started) => started,
        }),
        _ => E::read(http_status, body),
    };
    started.inspect(|started| saw_task(started.task_id.as_str()))
}

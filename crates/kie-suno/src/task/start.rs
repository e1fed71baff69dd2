//! Starting a task, and taking one up again by its id.

use kie_types::{Job, TaskEndpoint, TaskId, check, envelope::Unopened};
use serde_json::Value;

use super::task::Task;
use crate::{
    client::{Client, Route, Typed, call_back, saw_task},
    error::Error,
};

impl Client {
    /// Starts a task and returns it while it runs.
    ///
    /// Once begun, let it end: a future that is dropped half-way, by a `timeout` of your own say, may leave a task behind
    /// that is paid for and whose id nobody knows. Its own clocks bound it: see [`within`](Self::within). With a
    /// [ledger](ClientBuilder::ledger) such a task has a receipt.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call). [`Error::OutcomeUnknown`] means that the task may have been started and paid for.
    pub async fn start<E: TaskEndpoint>(&self, request: E) -> Result<Task<E::Job>, Error> {
        if self.checked {
            request.validate()?;
        }
        let errand = Typed::new(request, call_back::field, started::<E>);
        let (started, receipt) = self.ask(&Route::of::<E>(), errand).await?;
        Ok(Task::started(self.clone(), started.task_id, receipt))
    }

    /// Starts a task with a JSON document as its request, as [`call_json`](Self::call_json) does.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub async fn start_json<E: TaskEndpoint>(&self, request: Value) -> Result<Task<E::Job>, Error> {
        if self.checked {
            check::<E>(&request).result?;
        }
        let errand = Typed::new(request, call_back::json::<E>, started::<E>);
        let (started, receipt) = self.ask(&Route::of::<E>(), errand).await?;
        Ok(Task::started(self.clone(), started.task_id, receipt))
    }

    /// Takes up a task again by its saved id.
    ///
    /// ```no_run
    /// # async fn demo(client: kie_suno::Client) -> Result<(), kie_suno::Error> {
    /// use kie_suno::Music;
    /// let tracks = client.task::<Music>("4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e").wait().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn task<J: Job>(&self, id: impl Into<TaskId<J>>) -> Task<J> {
        Task::resumed(self.clone(), id.into(), None)
    }
}

/// Reads the answer to a start.
fn started<E: TaskEndpoint>(http_status: u16, body: &[u8]) -> Result<E::Response, Unopened> {
    E::read(http_status, body).inspect(|started| saw_task(started.task_id.as_str()))
}

//! Starting a task of an operation that is known by its name.

use std::fmt;

use kie_ledger::ReceiptId;
use kie_types::{
    Endpoint, Route, Started, TaskEndpoint,
    catalog::{self, Visitor},
    envelope::ReadError,
};
use serde_json::Value;

use super::{any::AnyTask, start::started};
use crate::{
    calls::{CallFuture, CallOrigin, PreparedCall, check_json, setters},
    client::{Client, Target, call_back},
    error::Error,
};

impl Client {
    /// Starts a task of the operation with this name, such as `generate-music`. Use this method if your program has the
    /// operation as a string, for example from a queue, and not as a Rust type. The request is a JSON document, and is
    /// sent in the same way as by [`start_json`](Self::start_json). Returns `None` if no operation with this name starts
    /// tasks.
    ///
    /// ```no_run
    /// # async fn demo(client: kie_suno::Client, operation: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// use serde_json::json;
    ///
    /// let request = json!({ "prompt": "a slow waltz for two accordions" });
    /// let start = client.start_any(operation, request).ok_or("no operation that starts tasks")?;
    /// let report = start.await?.wait().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of the awaited [`AnyStart`] are those of [`start`](Self::start).
    pub fn start_any(&self, operation: &str, request: Value) -> Option<AnyStart> {
        catalog::visit(operation, Starting { client: self, request }).flatten()
    }
}

/// Visitor of the catalog that prepares the start of a task.
struct Starting<'a> {
    client: &'a Client,
    request: Value,
}

impl Visitor for Starting<'_> {
    type Output = Option<AnyStart>;

    fn call<E: Endpoint>(self) -> Self::Output {
        None
    }

    fn start<E: TaskEndpoint>(self) -> Self::Output {
        let prepared = PreparedCall::new(self.client, self.request, check_json::<E>, call_back::json::<E>);
        let read = |route, http_status, body: &[u8]| {
            started::<E>(route, http_status, body).map(|started| Started::new(started.task_id.as_str()))
        };
        let target = Target::on::<E>;
        Some(AnyStart { name: E::NAME, prepared, target, read, task: AnyTask::new::<E::Job> })
    }
}

/// The start of a task of an operation that is known by its name. `.await` it to send the request, and to get the
/// [`AnyTask`]. Returned by [`Client::start_any`].
#[must_use = "nothing is started unless this is awaited"]
pub struct AnyStart {
    name: &'static str,
    prepared: PreparedCall<Value>,
    target: fn(Route) -> Target,
    read: ReadStarted,
    task: fn(Client, String, Route, Option<ReceiptId>) -> AnyTask,
}

/// Function that reads the response to a start.
type ReadStarted = fn(Route, u16, &[u8]) -> Result<Started<()>, ReadError>;

impl AnyStart {
    setters!(self => self.prepared);
    setters!(unchecked self => self.prepared);
    setters!(named self => self.prepared);
}

impl IntoFuture for AnyStart {
    type Output = Result<AnyTask, Error>;
    type IntoFuture = CallFuture<AnyTask>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { name, prepared, target, read, task } = self;
        let route = prepared.options.route.unwrap_or_else(|| prepared.client.route_named(name));
        let target = target(route);
        let route = target.route();
        let started = move |client, started: Started<()>, CallOrigin { receipt, route, is_recalled }| {
            task(client, started.task_id.as_str().to_owned(), route, receipt).fresh(!is_recalled)
        };
        prepared.run(target, move |http_status, body| read(route, http_status, body), started)
    }
}

impl fmt::Debug for AnyStart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyStart")
            .field("operation", &self.name)
            .field("options", &self.prepared.options)
            .finish_non_exhaustive()
    }
}

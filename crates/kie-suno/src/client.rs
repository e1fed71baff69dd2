//! The client.

use std::{env, fmt, sync::Arc, time::Duration};

use kie_transport::{BaseUrl, Form, Timeouts, Transport};
use kie_types::{
    Credits, Effect, Endpoint, GetAccountCredits, Host, Job, Method, Started, TaskEndpoint, TaskId, check,
    envelope::{self, Unopened},
};
use serde_json::Value;

use crate::{
    builder::ClientBuilder,
    error::Error,
    task::Task,
    waiters::Waiters,
    wire::{Route, saw_task},
};

/// A client of the API. Cheap to clone; all clones share connections and keep to the account's rate together.
///
/// ```no_run
/// # async fn demo() -> Result<(), kie_suno::Error> {
/// use kie_suno::{Client, GenerateMusic, Model};
///
/// let client = Client::from_env()?;
/// let task = client.start(GenerateMusic::simple(Model::V5, "a slow waltz for two accordions")).await?;
/// let tracks = task.wait().await?;
/// task.save(&tracks, "songs").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
    pub(crate) transport: Transport,
    pub(crate) checked: bool,
}

pub(crate) struct Inner {
    pub(crate) hosts: Hosts,
    pub(crate) call_back_url: String,
    /// The waits that callbacks wake, where a receiver takes them in.
    pub(crate) waiters: Option<Waiters>,
}

/// The addresses of the two hosts.
#[derive(Debug)]
pub(crate) struct Hosts {
    pub(crate) api: BaseUrl,
    pub(crate) upload: BaseUrl,
}

impl Hosts {
    pub(crate) fn of(&self, host: Host) -> &BaseUrl {
        match host {
            Host::Upload => &self.upload,
            _ => &self.api,
        }
    }
}

impl Client {
    /// A client of the real service, with this key.
    ///
    /// # Errors
    ///
    /// [`Error::Transport`] if the key is empty or cannot stand in a header.
    pub fn new(api_key: impl AsRef<str>) -> Result<Self, Error> {
        Self::builder().api_key(api_key).build()
    }

    /// A client with the key of the environment's `KIE_API_KEY`. `KIE_BASE_URL` replaces both hosts of the service,
    /// `KIE_UPLOAD_URL` the upload host alone.
    ///
    /// # Errors
    ///
    /// [`Error::Transport`] if there is no key, or a variable is not what it should be.
    pub fn from_env() -> Result<Self, Error> {
        let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let mut builder = Self::builder();
        builder.api_key = variable("KIE_API_KEY");
        builder.base_url = variable("KIE_BASE_URL");
        builder.upload_url = variable("KIE_UPLOAD_URL");
        builder.build()
    }

    /// Settings other than the usual ones.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// Calls any operation and returns its answer.
    ///
    /// The request is checked first, and a callback address is filled in where the request has a place for one.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] before anything is sent; else whatever stood between the call and its answer.
    pub async fn call<E: Endpoint>(&self, request: E) -> Result<E::Response, Error> {
        self.call_and_read(request, E::read).await
    }

    /// A call whose answer is read by something more than [`Endpoint::read`].
    pub(crate) async fn call_and_read<E: Endpoint>(
        &self,
        mut request: E,
        read: impl Fn(u16, &[u8]) -> Result<E::Response, Unopened>,
    ) -> Result<E::Response, Error> {
        if self.checked {
            request.validate()?;
        }
        if let Some(place) = request.call_back_url() {
            place.get_or_insert_with(|| self.inner.call_back_url.clone());
        }
        self.send::<E>(&request, read).await
    }

    /// Starts a task and returns it while it runs.
    ///
    /// Once begun, let it end: a future that is dropped half-way, by a `timeout` of your own say, may leave a task behind
    /// that is paid for and whose id nobody knows. Its own clocks bound it: see [`within`](Self::within).
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call). [`Error::OutcomeUnknown`] means that the task may have been started and paid for.
    pub async fn start<E: TaskEndpoint>(&self, request: E) -> Result<Task<E::Job>, Error> {
        let Started { task_id, .. } = self.call_and_read(request, started::<E>).await?;
        Ok(Task::started(self.clone(), task_id))
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
        Task::resumed(self.clone(), id.into())
    }

    /// The account's balance, in credits.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    pub async fn credits(&self) -> Result<Credits, Error> {
        self.call(GetAccountCredits::new()).await
    }

    /// An escape hatch: the same client without the check before sending.
    ///
    /// The service moves its limits, and may take today what our tables still refuse.
    #[must_use]
    pub fn unchecked(&self) -> Self {
        Self { checked: false, ..self.clone() }
    }

    /// The same client, each of whose calls is over within this time, its wait in line and its retries included.
    ///
    /// A start whose turn in line cannot come in time is given up at once: nothing is sent, and nothing is paid. A task that
    /// this client started is waited for with the clocks of the wait, and it is each look that is bounded.
    ///
    /// ```no_run
    /// # async fn demo(client: kie_suno::Client) -> Result<(), kie_suno::Error> {
    /// # use kie_suno::{GenerateMusic, Model};
    /// use std::time::Duration;
    ///
    /// let task = client.within(Duration::from_secs(20)).start(GenerateMusic::simple(Model::V5, "a waltz")).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn within(&self, overall: Duration) -> Self {
        self.with_timeouts(self.transport.timeouts().overall(overall))
    }

    /// The same client with other clocks for each call.
    #[must_use]
    pub fn with_timeouts(&self, timeouts: Timeouts) -> Self {
        Self { transport: self.transport.with_timeouts(timeouts), ..self.clone() }
    }

    /// Calls an operation with a JSON document as its request, sent as it is, keys included that we do not know; only
    /// a missing callback address is filled in.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    pub async fn call_json<E: Endpoint>(&self, request: Value) -> Result<E::Response, Error> {
        self.call_json_and_read::<E>(request, E::read).await
    }

    async fn call_json_and_read<E: Endpoint>(
        &self,
        mut request: Value,
        read: impl Fn(u16, &[u8]) -> Result<E::Response, Unopened>,
    ) -> Result<E::Response, Error> {
        if self.checked {
            check::<E>(&request).result?;
        }
        if let (Some(name), Some(fields)) = (E::CALL_BACK_URL, request.as_object_mut()) {
            let place = fields.entry(name).or_insert(Value::Null);
            if place.is_null() {
                *place = self.inner.call_back_url.as_str().into();
            }
        }
        self.send::<E>(&request, read).await
    }

    /// Starts a task with a JSON document as its request, as [`call_json`](Self::call_json) does.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub async fn start_json<E: TaskEndpoint>(&self, request: Value) -> Result<Task<E::Job>, Error> {
        let Started { task_id, .. } = self.call_json_and_read::<E>(request, started::<E>).await?;
        Ok(Task::started(self.clone(), task_id))
    }

    /// An escape hatch: calls what we do not type yet, with the same key, rate, retries and errors, and returns the
    /// answer's `data`.
    ///
    /// A `GET` sends the document's keys as its query and may be repeated; a `POST` sends it as its body and is taken
    /// for one that creates something.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    pub async fn raw(&self, method: Method, host: Host, path: &str, request: &Value) -> Result<Value, Error> {
        let effect = if method == Method::Get { Effect::Reads } else { Effect::Creates };
        // The name is for errors and logs, where a query does not belong.
        let name = path.split('?').next().unwrap_or_default().to_owned().into();
        let route = Route { name, method, host, path: path.to_owned().into(), effect, file: None };
        route.send(&self.transport, &self.inner.hosts, request, envelope::open).await
    }

    async fn send<E: Endpoint>(
        &self,
        request: &impl serde::Serialize,
        read: impl Fn(u16, &[u8]) -> Result<E::Response, Unopened>,
    ) -> Result<E::Response, Error> {
        Route::of::<E>().send(&self.transport, &self.inner.hosts, request, read).await
    }

    /// Calls an operation with a form, which has a file in it, in place of its request.
    pub(crate) async fn send_form<E: Endpoint>(&self, form: Form) -> Result<E::Response, Error> {
        Route::of::<E>().send_form(&self.transport, &self.inner.hosts, form, E::read).await
    }

    pub(crate) fn is_checked(&self) -> bool {
        self.checked
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
    }

    pub(crate) fn waiters(&self) -> Option<&Waiters> {
        self.inner.waiters.as_ref()
    }
}

/// Reads the answer to a start.
fn started<E: TaskEndpoint>(http_status: u16, body: &[u8]) -> Result<E::Response, Unopened> {
    E::read(http_status, body).inspect(|started| saw_task(started.task_id.as_str()))
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("hosts", &self.inner.hosts)
            .field("transport", &self.transport)
            .field("checked", &self.checked)
            .finish_non_exhaustive()
    }
}

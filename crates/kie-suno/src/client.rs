//! The client.

use std::{env, fmt, sync::Arc, time::Duration};

use kie_transport::{ApiKey, BaseUrl, Form, HttpService, Retry, Timeouts, Transport};
use kie_types::{
    Credits, Effect, Endpoint, GetAccountCredits, Host, Job, Method, NEW_TASKS, NEW_TASKS_SPAN, Started, TaskEndpoint,
    TaskId, check,
    envelope::{self, Unopened},
};
use serde_json::Value;

use crate::{
    error::Error,
    task::Task,
    wire::{Route, saw_task},
};

/// Where callbacks go when the caller only polls: nowhere. `.invalid` is reserved, so no host can ever have this name.
const NOWHERE: &str = "https://callback.invalid/kie";

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
    inner: Arc<Inner>,
    transport: Transport,
    checked: bool,
}

struct Inner {
    hosts: Hosts,
    call_back_url: String,
}

/// The addresses of the two hosts.
#[derive(Debug)]
pub(crate) struct Hosts {
    api: BaseUrl,
    upload: BaseUrl,
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
        ClientBuilder {
            api_key: None,
            base_url: None,
            upload_url: None,
            call_back_url: NOWHERE.into(),
            transport: Transport::builder()
                .user_agent(concat!("kie-suno/", env!("CARGO_PKG_VERSION")))
                .rate(NEW_TASKS, NEW_TASKS_SPAN),
        }
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

/// Settings of a [`Client`].
#[must_use]
pub struct ClientBuilder {
    api_key: Option<String>,
    base_url: Option<String>,
    upload_url: Option<String>,
    call_back_url: String,
    transport: kie_transport::Builder,
}

impl ClientBuilder {
    /// The key that pays. It goes to the service's two hosts, or to what replaces them, and nowhere else.
    pub fn api_key(mut self, key: impl AsRef<str>) -> Self {
        self.api_key = Some(key.as_ref().to_owned());
        self
    }

    /// Replaces both hosts of the service, for a simulator or a proxy. It must be https, or a loopback address.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Replaces the upload host alone.
    pub fn upload_url(mut self, url: impl Into<String>) -> Self {
        self.upload_url = Some(url.into());
        self
    }

    /// The address that requests carry which name none. By default one that leads nowhere.
    pub fn call_back_url(mut self, url: impl Into<String>) -> Self {
        self.call_back_url = url.into();
        self
    }

    /// The clocks of each call.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.transport = self.transport.timeouts(timeouts);
        self
    }

    /// How often, and after which pauses, a call is tried again when that is harmless.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.transport = self.transport.retry(retry);
        self
    }

    /// How many tasks the account may start in any span of so long, where the service has raised that above 20 in 10
    /// seconds.
    pub fn new_tasks(mut self, most: usize, span: Duration) -> Self {
        self.transport = self.transport.rate(most, span);
        self
    }

    /// At most so many requests at once; 64 by default. The others wait, those that create something before those that only
    /// read. Downloads do not count.
    pub fn in_flight(mut self, most: usize) -> Self {
        self.transport = self.transport.in_flight(most);
        self
    }

    /// What the service sees as the caller's name.
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.transport = self.transport.user_agent(name);
        self
    }

    /// Trusts the certificates of this PEM document as roots, beside those that the platform trusts.
    pub fn root_certificates(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.transport = self.transport.root_certificates(pem);
        self
    }

    /// Reaches https addresses through the HTTP proxy at this address, such as `http://user:password@host:3128`, in
    /// place of the one that the environment names in `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY`.
    pub fn proxy(mut self, url: impl AsRef<str>) -> Self {
        self.transport = self.transport.proxy(url);
        self
    }

    /// Uses no proxy, whatever the environment says.
    pub fn no_proxy(mut self) -> Self {
        self.transport = self.transport.no_proxy();
        self
    }

    /// How many connections to one host are open at once. 256 by default; further calls wait for one.
    pub fn connections_per_host(mut self, most: usize) -> Self {
        self.transport = self.transport.connections_per_host(most);
        self
    }

    /// Exchanges HTTP through this service in place of the network: a canned answer, an in-memory pipe.
    pub fn http(mut self, service: impl HttpService) -> Self {
        self.transport = self.transport.service(service);
        self
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// [`Error::Transport`] if there is no usable key, an address is neither https nor loopback, or root certificates or
    /// a proxy's address are not what they should be.
    pub fn build(self) -> Result<Client, Error> {
        let Some(api_key) = self.api_key else {
            let what = "there is no API key: set KIE_API_KEY, or pass one to the builder";
            return Err(kie_transport::Error::new(kie_transport::ErrorKind::Setup, what).into());
        };
        let base = |own: Option<&String>, host: Host| {
            let replaced = own.or(self.base_url.as_ref());
            replaced.map_or(host.base_url(), String::as_str).parse::<BaseUrl>()
        };
        let hosts = Hosts { api: base(None, Host::Api)?, upload: base(self.upload_url.as_ref(), Host::Upload)? };
        let transport =
            self.transport.api_key(ApiKey::new(api_key)?).loopback_files(hosts.api.is_loopback()).build()?;
        let inner = Inner { hosts, call_back_url: self.call_back_url };
        Ok(Client { inner: Arc::new(inner), transport, checked: true })
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("base_url", &self.base_url)
            .field("upload_url", &self.upload_url)
            .field("transport", &self.transport)
            .finish_non_exhaustive()
    }
}

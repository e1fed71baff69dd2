//! The client.

use std::{borrow::Cow, env, fmt, sync::Arc, time::Duration};

use kie_transport::{BaseUrl, Form, Timeouts, Transport};
use kie_types::{
    Credits, Effect, Endpoint, GetAccountCredits, Host, Invalid, Job, Method, TaskEndpoint, TaskId, check,
    envelope::{self, Unopened},
};
use serde_json::Value;

use crate::{
    builder::ClientBuilder,
    call_back,
    errand::{Errand, Typed},
    error::Error,
    paid::no_ledger,
    purse::Purse,
    task::Task,
    waiters::Waiters,
    wire::{Route, saw_task},
};
use kie_ledger::{Ledger, Receipt, ReceiptId};

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
    /// The caller's own name for the one call that it is for.
    pub(crate) name: Option<Arc<str>>,
}

pub(crate) struct Inner {
    pub(crate) hosts: Hosts,
    pub(crate) call_back_url: String,
    /// The waits that callbacks wake, where a receiver takes them in.
    pub(crate) waiters: Option<Waiters>,
    pub(crate) ledger: Option<Arc<dyn Ledger>>,
    /// How many calls that create something may leave in any span of so long.
    pub(crate) rate: (usize, Duration),
    pub(crate) purse: Option<Purse>,
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
        request: E,
        read: impl Fn(u16, &[u8]) -> Result<E::Response, Unopened> + Send,
    ) -> Result<E::Response, Error> {
        if self.checked {
            request.validate()?;
        }
        Ok(self.ask(&Route::of::<E>(), Typed::new(request, call_back::field, read)).await?.0)
    }

    /// Makes a call, and returns its answer with its receipt, if it has one.
    async fn ask<R, T, F>(&self, route: &Route, mut errand: Typed<R, T, F>) -> Result<(T, Option<ReceiptId>), Error>
    where
        Typed<R, T, F>: Errand,
    {
        let receipt = self.run(route, &mut errand).await?;
        let answer = errand.answer.ok_or_else(|| route.unanswered())?;
        Ok((answer, receipt))
    }

    async fn run(&self, route: &Route, errand: &mut dyn Errand) -> Result<Option<ReceiptId>, Error> {
        let inner = &*self.inner;
        if self.is_paid(route) {
            let place = errand.call_back().filter(|_| inner.ledger.is_some());
            if let (Some(place), Some(field), Cow::Borrowed(operation)) = (place, route.call_back_url, &route.name)
                && place.is_taken(&inner.call_back_url)
            {
                return Err(Invalid::has_parameter(operation, field, ReceiptId::PARAMETER).into());
            }
            return self.pay(route, errand).await;
        }
        self.fill(errand);
        route.send(self, errand, None).await?;
        Ok(None)
    }

    /// Fills in a callback address where the request has a place for one, and none in it.
    pub(crate) fn fill(&self, errand: &mut dyn Errand) {
        if let Some(place) = errand.call_back() {
            place.fill(&self.inner.call_back_url);
        }
    }

    /// Whether a call goes on the books. Uploads cost nothing.
    fn is_paid(&self, route: &Route) -> bool {
        let keeps_books = self.inner.ledger.is_some() || self.inner.purse.is_some() || self.name.is_some();
        keeps_books && route.effect == Effect::Creates && route.host != Host::Upload
    }

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

    /// The same client, for one call that creates something and has this name of the caller's own, such as an order number.
    ///
    /// Two calls of one name are one call: the second is not sent, and answered as the first was, after a restart too.
    /// Where it is not known what came of the first, the second is [`Error::OutcomeUnknown`], and where the first was
    /// refused, it is sent. Asking for something else under the same name is [`Error::NameTaken`]. The name needs a
    /// [ledger](ClientBuilder::ledger), must not be empty, and means nothing to calls that only read and to uploads.
    ///
    /// ```no_run
    /// # async fn demo(client: kie_suno::Client, request: kie_suno::GenerateMusic) -> Result<(), kie_suno::Error> {
    /// let task = client.named("order-4711").start(request).await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn named(&self, name: impl Into<Arc<str>>) -> Self {
        Self { name: Some(name.into()), ..self.clone() }
    }

    /// The receipts that somebody has still to do something about, the oldest first: what was about to be sent, what may
    /// have been paid for, what is running, and what is finished and not saved.
    ///
    /// # Errors
    ///
    /// [`Error::Ledger`] if the ledger cannot be read, or the client has none.
    pub async fn unfinished(&self) -> Result<Vec<Receipt>, Error> {
        Ok(self.ledger()?.unfinished().await?)
    }

    /// Calls an operation with a JSON document as its request, sent as it is, keys included that we do not know; only
    /// a missing callback address is filled in.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    pub async fn call_json<E: Endpoint>(&self, request: Value) -> Result<E::Response, Error> {
        if self.checked {
            check::<E>(&request).result?;
        }
        Ok(self.ask(&Route::of::<E>(), Typed::new(request, call_back::json::<E>, E::read)).await?.0)
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

    /// An escape hatch: calls what we do not type yet, with the same key, rate, retries and errors, and returns the
    /// answer's `data`.
    ///
    /// A `GET` sends the document's keys as its query and may be repeated; a `POST` sends it as its body and is taken
    /// for one that creates something; with a [ledger](ClientBuilder::ledger) it has a receipt, and its callback address stays
    /// as it is.
    ///
    /// # Errors
    ///
    /// As [`call`](Self::call).
    pub async fn raw(&self, method: Method, host: Host, path: &str, request: &Value) -> Result<Value, Error> {
        let effect = if method == Method::Get { Effect::Reads } else { Effect::Creates };
        // The name is for errors and logs, where a query does not belong.
        let name = path.split('?').next().unwrap_or_default().to_owned().into();
        let path = path.to_owned().into();
        let route = Route { name, method, host, path, effect, file: None, call_back_url: None };
        Ok(self.ask(&route, Typed::new(request, call_back::nowhere, envelope::open)).await?.0)
    }

    /// Calls an operation with a form, which has a file in it, in place of its request.
    pub(crate) async fn send_form<E: Endpoint>(&self, form: Form) -> Result<E::Response, Error> {
        let (route, mut errand) = (Route::of::<E>(), Typed::new((), call_back::nowhere, E::read));
        route.send_form(self, form, &mut errand).await?;
        errand.answer.ok_or_else(|| route.unanswered())
    }

    /// Where the client keeps its receipts.
    pub(crate) fn ledger(&self) -> Result<&dyn Ledger, Error> {
        self.inner.ledger.as_deref().ok_or_else(no_ledger)
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

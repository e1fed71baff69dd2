//! Settings of a client.

use std::{env, fmt, sync::Arc, time::Duration};

use kie_ledger::Ledger;
use kie_transport::{ApiKey, BaseUrl, HttpService, Retry, Retrying, Timeouts, Transport};
use kie_types::{
    Endpoint, Host, NEW_TASKS, NEW_TASKS_SPAN, NO_CALLBACK, Route,
    envelope::{self, ReadError},
};
use serde::de::IgnoredAny;

use crate::{
    budget::{Budget, Spending},
    client::{Client, ClientInner, Dropped, Hosts},
    error::{ConfigError, Error},
    receipts::Bounded,
    waiting::{Feeding, Polling, Waiters},
};

/// Safety margin that is added to the time span of the rate limit. The network can delay one call more than the next,
/// so calls can arrive closer together than they were sent. With the margin, calls whose delays differ by less than
/// half a second arrive within the rate limit of the service.
const RATE_MARGIN: Duration = Duration::from_millis(500);

/// Settings of a [`Client`]. Made by [`Client::builder`].
#[derive(Clone)]
#[must_use]
pub struct ClientBuilder {
    api_key: Option<String>,
    base_url: Option<String>,
    upload_url: Option<String>,
    call_back_url: String,
    route: Route,
    routes: Vec<(&'static str, Route)>,
    #[cfg(feature = "callbacks")]
    receiver: Option<crate::callbacks::Receiver>,
    ledger: Option<Arc<dyn Ledger>>,
    budget: Option<Budget>,
    rate: (usize, Duration),
    polling: Option<Polling>,
    transport: kie_transport::TransportBuilder,
}

impl ClientBuilder {
    fn new() -> Self {
        let builder = Self {
            api_key: None,
            base_url: None,
            upload_url: None,
            call_back_url: NO_CALLBACK.into(),
            route: Route::Classic,
            routes: Vec::new(),
            #[cfg(feature = "callbacks")]
            receiver: None,
            ledger: None,
            budget: None,
            rate: (0, Duration::ZERO),
            polling: None,
            transport: Transport::builder().user_agent(concat!("kie-suno/", env!("CARGO_PKG_VERSION"))),
        };
        builder.task_rate(NEW_TASKS, NEW_TASKS_SPAN)
    }

    /// Sets the API key of the account that pays. The key is sent only to the two hosts of the service, or to the
    /// addresses that replace these hosts.
    pub fn api_key(mut self, key: impl AsRef<str>) -> Self {
        self.api_key = Some(key.as_ref().to_owned());
        self
    }

    /// Replaces both hosts of the service, for example with a simulator or a gateway. [`upload_url`](Self::upload_url)
    /// takes precedence for the upload host. `url` must be an https or a loopback address.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Replaces only the upload host of the service. `url` must be an https or a loopback address.
    pub fn upload_url(mut self, url: impl Into<String>) -> Self {
        self.upload_url = Some(url.into());
        self
    }

    /// Sets the route on which requests travel; the default is [`Route::Classic`]. The requests, tasks, records and files
    /// are the same on both routes. The client never changes the route by itself: a task is read on the route that
    /// started it, and a call whose path is gone fails with an error that names the other route.
    ///
    /// ```
    /// use kie_suno::{Client, Route, requests::GenerateLyrics};
    ///
    /// let client = Client::builder()
    ///     .api_key("key")
    ///     .route(Route::Market)
    ///     .route_for::<GenerateLyrics>(Route::Classic)
    ///     .build()?;
    /// # Ok::<_, kie_suno::Error>(())
    /// ```
    pub fn route(mut self, route: Route) -> Self {
        self.route = route;
        self
    }

    /// Sets the route of one operation, in place of the [route of the client](Self::route). The setter `route` of a
    /// call, such as [`Start::route`](crate::Start::route), takes precedence.
    pub fn route_for<E: Endpoint>(mut self, route: Route) -> Self {
        self.routes.push((E::NAME, route));
        self
    }

    /// Sets the callback address for requests that do not set one. The default is [`NO_CALLBACK`]: the service requires
    /// an address, accepts this word in its place, and sends no callbacks.
    pub fn call_back_url(mut self, url: impl Into<String>) -> Self {
        self.call_back_url = url.into();
        self
    }

    /// Sets the callback address for requests that do not set one, and the receiver that is mounted at this address.
    ///
    /// After each new callback, all code that waits for the task of the callback polls the task, as soon as the
    /// service's limit of polls allows this. Between the callbacks, the task is polled rarely, unless
    /// [`polling`](Self::polling) is set: see [`Polling::sweep`](crate::Polling::sweep). If the client has a
    /// [ledger](Self::ledger) and the receiver has none, the receiver uses the ledger of the client.
    ///
    /// The notes of a MIDI task on the market route come only in its callback. The client finds them if the callback
    /// reaches the receiver, and the client or the receiver has a ledger: the receiver keeps the notes there.
    #[cfg(feature = "callbacks")]
    pub fn callbacks(mut self, url: impl Into<String>, receiver: &crate::callbacks::Receiver) -> Self {
        self.receiver = Some(receiver.clone());
        self.call_back_url(url)
    }

    /// Sets the ledger, which stores the receipts of paid calls. Before a call that creates something is sent, its
    /// receipt is written to the ledger.
    ///
    /// * After a crash, [`Client::unfinished`] lists all calls that were or may have been paid for and whose results
    ///   are not saved. [`Client::save_all`] saves the results of their tasks.
    /// * If a response is lost, [`Client::resume`] finds the task by its callback, which a `Receiver` writes to the
    ///   ledger.
    /// * Two calls with the same [name](crate::Start::named) and the same request count as one call: if the first call
    ///   has a task, the second call returns this task.
    /// * All clients that share the ledger stay within the rate limit of the account together.
    /// * A callback that a `Receiver` in another process writes to the ledger wakes the waits of this client, if the
    ///   ledger [tells of callbacks](Ledger::callback_feed). The client still polls as often as without a receiver: set
    ///   [`Polling::sweep`](crate::Polling::sweep) with [`polling`](Self::polling) to poll rarely.
    ///
    /// If a request has a receipt, its callback address gets the parameter `kie_receipt` with the id of the receipt.
    /// Only [`Client::raw`] leaves the address unchanged. The `Receiver` at this address writes to the same ledger. If
    /// the receiver runs in another program, set the ledger in that program too: with
    /// [`SqliteLedger`](https://docs.rs/kie-ledger), both programs open the same file. Uploads are free and have no receipts.
    ///
    /// A ledger operation that takes longer than 30 seconds fails with [`Error::Ledger`]. There is one exception: if
    /// only the outcome of a call or a poll cannot be written to its receipt, the client logs a warning and continues.
    pub fn ledger(mut self, ledger: impl Ledger) -> Self {
        self.ledger = Some(Arc::new(Bounded(ledger)));
        self
    }

    /// Sets the maximum number of credits that this client and its clones may spend. A call that would exceed the
    /// budget is not sent, and fails with [`Error::OverBudget`].
    pub fn budget(mut self, budget: Budget) -> Self {
        self.budget = Some(budget);
        self
    }

    /// Sets the default poll intervals and time limits of [`Wait`](crate::Wait), [`AnyWait`](crate::AnyWait) and
    /// [`Events`](crate::Events), and the default time limit of [`Resume`](crate::Resume). Their methods `polling`,
    /// such as [`Wait::polling`](crate::Wait::polling), replace the default for one task. In tests, set short intervals
    /// here to speed up code that calls `task.wait()`.
    pub fn polling(mut self, polling: Polling) -> Self {
        self.polling = Some(polling);
        self
    }

    /// Sets the timeouts of each call.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.transport = self.transport.timeouts(timeouts);
        self
    }

    /// Sets the maximum number of attempts of a call, and the pauses between the attempts. A call is sent again only if
    /// it cannot be paid for twice.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.transport = self.transport.retry(retry);
        self
    }

    /// Sets a function that is called before each pause between two attempts of a call or of a download, for example to
    /// tell a user about trouble while the call is tried again. After a refusal of the service, the text of [`Retrying`]
    /// has the code and the message of the refusal. The function should return quickly, because the call waits for it.
    ///
    /// During a wait, each poll is a call with several attempts. Between the polls,
    /// [`Events::failing`](crate::Events::failing) shows that they fail.
    ///
    /// ```
    /// let client = kie_suno::Client::builder()
    ///     .api_key("key")
    ///     .on_retry(|retrying| eprintln!("{}: {retrying}", retrying.operation()))
    ///     .build()?;
    /// # Ok::<_, kie_suno::Error>(())
    /// ```
    pub fn on_retry(mut self, tell: impl Fn(&Retrying<'_>) + Send + Sync + 'static) -> Self {
        self.transport = self.transport.on_retry(move |retrying| {
            let read = retrying.response().map(|(status, body)| envelope::open::<IgnoredAny>(status, body));
            match read {
                Some(Err(ReadError::Refused(refusal))) => tell(&retrying.clone().with_reason(refusal.to_string())),
                _ => tell(retrying),
            }
        });
        self
    }

    /// Sets the rate limit of the account for starting tasks: at most `most` calls that create something are sent in
    /// any time span of length `span`. Calls that create something and start no task count too. Uploads do not count,
    /// because the limit of the service is for generation requests. The default is 20 calls per 10 seconds. Change it
    /// if the service has raised the limit of the account. If `most` is 0, the client does not limit the rate, and the
    /// service refuses the calls beyond its own limit.
    ///
    /// Half a second is added to `span`, because calls can arrive at the service closer together than they were sent.
    pub fn task_rate(mut self, most: usize, span: Duration) -> Self {
        let span = span.saturating_add(RATE_MARGIN);
        self.rate = (most, span);
        self.transport = self.transport.rate(most, span);
        self
    }

    /// Sets the maximum number of requests in flight; the default is 64. Further requests wait in a queue. Calls that
    /// create something are sent before calls that only read. Downloads do not count.
    pub fn in_flight(mut self, most: usize) -> Self {
        self.transport = self.transport.in_flight(most);
        self
    }

    /// Sets the `User-Agent` header.
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.transport = self.transport.user_agent(name);
        self
    }

    /// Trusts the certificates of this PEM document as roots, in addition to the root certificates of the platform.
    pub fn root_certificates(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.transport = self.transport.root_certificates(pem);
        self
    }

    /// Sends requests to https addresses through this proxy, such as `http://user:password@host:3128`.
    /// [`TransportBuilder::proxy`](kie_transport::TransportBuilder::proxy) lists the kinds of proxy. The variables
    /// `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` of the environment are then ignored.
    pub fn proxy(mut self, url: impl AsRef<str>) -> Self {
        self.transport = self.transport.proxy(url);
        self
    }

    /// Uses no proxy, even if the environment names one.
    pub fn no_proxy(mut self) -> Self {
        self.transport = self.transport.no_proxy();
        self
    }

    /// Sets the maximum number of open connections per host; the default is 256. Further requests wait until a
    /// connection is free.
    pub fn connections_per_host(mut self, most: usize) -> Self {
        self.transport = self.transport.connections_per_host(most);
        self
    }

    /// Sets whether files may be downloaded from every address, also from private networks, for example from a mirror in
    /// your own network. `false` by default: the links come from the service, and must not reach hosts inside of your
    /// network. If [`base_url`](Self::base_url) is a loopback address, downloads from loopback addresses are always
    /// allowed.
    pub fn allow_private_downloads(mut self, allowed: bool) -> Self {
        self.transport = self.transport.allow_private_downloads(allowed);
        self
    }

    /// Sends requests to an [`HttpService`] instead of the network: a closure that returns a canned response, an
    /// in-memory [`Pipe`](kie_transport::Pipe), or another HTTP client through [`Tower`](kie_transport::Tower).
    ///
    /// ```
    /// use kie_suno::{Client, transport::{Body, http::{Request, Response}}};
    ///
    /// # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    /// # runtime.block_on(async {
    /// let canned = |_: Request<Body>| async { Ok(Response::new(r#"{"code":200,"msg":"success","data":873.6}"#)) };
    /// let client = Client::builder().api_key("any").http(canned).build()?;
    /// assert_eq!(client.credits().await?.get(), 873.6);
    /// # Ok::<_, kie_suno::Error>(())
    /// # })?;
    /// # Ok::<_, Box<dyn std::error::Error>>(())
    /// ```
    pub fn http(mut self, service: impl HttpService) -> Self {
        self.transport = self.transport.service(service);
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] names a setting that is invalid: `api_key` if it is missing or cannot be sent in a header,
    /// `base_url` or `upload_url` if it is not an address, or is neither https nor loopback, and `root_certificates`,
    /// `proxy` or `user_agent` if the value is invalid.
    ///
    /// ```
    /// use kie_suno::{Client, Error};
    ///
    /// let Err(Error::Config(error)) = Client::builder().api_key("key").upload_url("http://far.example").build() else {
    ///     unreachable!("a key must not be sent over plain http");
    /// };
    /// assert_eq!(error.field(), "upload_url");
    /// ```
    pub fn build(self) -> Result<Client, Error> {
        let Some(api_key) = self.api_key else {
            let missing = ConfigError::new("api_key", "there is no API key: set KIE_API_KEY, or give one");
            return Err(Error::config(missing));
        };
        let base = |own: Option<&String>, host: Host| {
            let field = if own.is_some() { "upload_url" } else { "base_url" };
            let replaced = own.or(self.base_url.as_ref()).map_or(host.base_url(), String::as_str);
            replaced.parse::<BaseUrl>().map_err(|error| Error::config(error.with_field(field)))
        };
        let hosts = Hosts { api: base(None, Host::Api)?, upload: base(self.upload_url.as_ref(), Host::Upload)? };
        let api_key = ApiKey::new(api_key).map_err(Error::config)?;
        let transport = self.transport.api_key(api_key).allow_loopback_downloads(hosts.api.is_loopback());
        let transport = transport.build().map_err(Error::config)?;
        #[cfg(feature = "callbacks")]
        let (waiters, receiver_ledger) = self.receiver.map_or((None, None), |receiver| {
            self.ledger.iter().for_each(|ledger| receiver.set_default_ledger(ledger));
            (Some(receiver.waiters), Some(receiver.ledger))
        });
        #[cfg(not(feature = "callbacks"))]
        let (waiters, receiver_ledger): (Option<Waiters>, _) = (None, None);
        let feeding = self.ledger.as_ref().and_then(Ledger::callback_feed).map(Feeding::new);
        let inner = ClientInner {
            hosts,
            call_back_url: self.call_back_url,
            route: self.route,
            routes: self.routes,
            waiters: waiters.or_else(|| feeding.as_ref().map(|_| Waiters::default())),
            feeding,
            receiver_ledger,
            polling: self.polling,
            ledger: self.ledger,
            rate: self.rate,
            spending: self.budget.map(Spending::new),
            dropped: Dropped::new(),
        };
        Ok(Client { inner: Arc::new(inner), transport })
    }
}

impl Client {
    /// Makes a client of the real service with this API key.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the key is empty or contains a character that an HTTP header cannot contain.
    pub fn new(api_key: impl AsRef<str>) -> Result<Self, Error> {
        Self::builder().api_key(api_key).build()
    }

    /// Makes a client with settings from the environment. `KIE_API_KEY` is the API key. `KIE_BASE_URL` replaces both
    /// hosts of the service, and `KIE_UPLOAD_URL` replaces only the upload host. A variable that is empty or not valid
    /// Unicode counts as not set.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if `KIE_API_KEY` is not set, or a variable has an invalid value.
    pub fn from_env() -> Result<Self, Error> {
        let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let mut builder = Self::builder();
        builder.api_key = variable("KIE_API_KEY");
        builder.base_url = variable("KIE_BASE_URL");
        builder.upload_url = variable("KIE_UPLOAD_URL");
        builder.build()
    }

    /// Returns a builder with default settings.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
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

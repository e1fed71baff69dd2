//! Settings of a client.

use std::{env, fmt, sync::Arc, time::Duration};

use kie_ledger::Ledger;
use kie_transport::{ApiKey, BaseUrl, HttpService, Retry, Timeouts, Transport};
use kie_types::{Host, NEW_TASKS, NEW_TASKS_SPAN};

use crate::{
    budget::{Budget, Spending},
    client::{Client, ClientInner, Dropped, Hosts},
    error::{ConfigError, Error},
    receipts::Bounded,
    waiting::Polling,
};

/// Where callbacks go when the caller only polls: nowhere. `.invalid` is reserved, so no host can ever have this name.
const NOWHERE: &str = "https://callback.invalid/kie";

/// Of two calls, the first may be held up on its way and the second not. What leaves so much too slowly does not arrive too
/// fast.
const MARGIN: Duration = Duration::from_millis(500);

/// Settings of a [`Client`].
#[derive(Clone)]
#[must_use]
pub struct ClientBuilder {
    api_key: Option<String>,
    base_url: Option<String>,
    upload_url: Option<String>,
    call_back_url: String,
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
            call_back_url: NOWHERE.into(),
            #[cfg(feature = "callbacks")]
            receiver: None,
            ledger: None,
            budget: None,
            rate: (0, Duration::ZERO),
            polling: None,
            transport: Transport::builder().user_agent(concat!("kie-suno/", env!("CARGO_PKG_VERSION"))),
        };
        builder.new_tasks(NEW_TASKS, NEW_TASKS_SPAN)
    }

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

    /// The address that requests carry which name none, and the receiver that is mounted there.
    ///
    /// Waits are woken by its callbacks, and look seldom of themselves: see [`Polling::sweep`](crate::Polling::sweep). If the client
    /// has a [ledger](Self::ledger) and the receiver none, they share it.
    #[cfg(feature = "callbacks")]
    pub fn callbacks(mut self, url: impl Into<String>, receiver: &crate::callbacks::Receiver) -> Self {
        self.receiver = Some(receiver.clone());
        self.call_back_url(url)
    }

    /// Keeps a receipt of every call that creates something here, from before it leaves.
    ///
    /// What was paid for can then be found again after a crash ([`Client::unfinished`], [`Client::save_all`]), a call whose
    /// answer got lost is tied to its callback ([`Client::resume`]), two calls of one [name](crate::Start::named) are one, and all
    /// who share the ledger keep to the account's rate together. The callback address of each request gets the id of its
    /// receipt as a parameter, `kie_receipt`; the `Receiver` at that address writes to the same ledger. Where it runs in
    /// another program, that has to be said there. Uploads cost nothing, and have no receipts.
    ///
    /// A ledger that does not answer for 30 seconds has failed.
    pub fn ledger(mut self, ledger: impl Ledger) -> Self {
        self.ledger = Some(Arc::new(Bounded(ledger)));
        self
    }

    /// What this client may spend: a call that would exceed it is refused before it is sent.
    pub fn budget(mut self, budget: Budget) -> Self {
        self.budget = Some(budget);
        self
    }

    /// The clocks of every wait for a task of this client, where the wait sets none of its own. Code under test that says
    /// `task.wait()` is hurried by it.
    pub fn polling(mut self, polling: Polling) -> Self {
        self.polling = Some(polling);
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
    /// seconds; 0 leaves it to the service to refuse some.
    ///
    /// Half a second is added to the span, since calls can arrive closer together than they left.
    pub fn new_tasks(mut self, most: usize, span: Duration) -> Self {
        let span = span.saturating_add(MARGIN);
        self.rate = (most, span);
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

    /// Exchanges HTTP through this service in place of the network: a closure with a canned answer, an in-memory
    /// [`Pipe`](kie_transport::Pipe), another HTTP client by [`Tower`](kie_transport::Tower).
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

    /// The client.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] of the first setting that cannot be used: `api_key` if there is no usable key, `base_url` or
    /// `upload_url` if it is neither https nor loopback, `root_certificates`, `proxy` or `user_agent` if they are not what
    /// they should be.
    ///
    /// ```
    /// use kie_suno::{Client, Error};
    ///
    /// let Err(Error::Config(wrong)) = Client::builder().api_key("key").upload_url("http://far.example").build() else {
    ///     unreachable!("a key must not travel over plain http");
    /// };
    /// assert_eq!(wrong.field(), "upload_url");
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
        let transport = self.transport.api_key(api_key).loopback_files(hosts.api.is_loopback());
        let transport = transport.build().map_err(Error::config)?;
        #[cfg(feature = "callbacks")]
        let waiters = self.receiver.map(|receiver| {
            self.ledger.iter().for_each(|ledger| receiver.share(ledger));
            receiver.waiters
        });
        #[cfg(not(feature = "callbacks"))]
        let waiters = None;
        let inner = ClientInner {
            hosts,
            call_back_url: self.call_back_url,
            waiters,
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
    /// A client of the real service, with this key.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the key is empty or cannot stand in a header.
    pub fn new(api_key: impl AsRef<str>) -> Result<Self, Error> {
        Self::builder().api_key(api_key).build()
    }

    /// A client with the key of the environment's `KIE_API_KEY`. `KIE_BASE_URL` replaces both hosts of the service,
    /// `KIE_UPLOAD_URL` the upload host alone.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if there is no key, or a variable is not what it should be.
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

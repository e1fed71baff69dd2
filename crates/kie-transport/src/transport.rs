//! Calls: one request, its retries, and one answer.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, Uri, header};
use http_body::Body as _;
use tokio::time::{Instant, sleep, timeout};

use crate::{
    api_key::ApiKey,
    body::Body,
    error::{Error, ErrorKind},
    form::Form,
    pool::Pool,
    retry::{self, Answer, Budget, Repeat, Retry},
    service::HttpService,
    setters::setters,
    throttle::Throttle,
};

/// A connection that sends less than this is too slow for a call's clocks.
const BYTES_PER_SECOND: u64 = 100_000;

/// The clocks of a call. All of them run at once; each can end it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// To make a connection, TLS included. 10 seconds by default.
    pub connect: Duration,
    /// From sending a request to the head of its answer. 60 seconds by default.
    pub first_byte: Duration,
    /// Between two pieces of an answer. 30 seconds by default.
    pub idle: Duration,
    /// For a whole call with its retries and their pauses, from its place in line on. 3 minutes by default. Downloads
    /// are not bound by it.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_secs(60),
            idle: Duration::from_secs(30),
            total: Duration::from_secs(180),
        }
    }
}

setters! {
    Timeouts {
        connect: Duration,
        first_byte: Duration,
        idle: Duration,
        total: Duration,
    }
}

/// One call of a JSON API.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Call<'a> {
    /// The name it has in logs.
    pub name: &'a str,
    /// The HTTP method.
    pub method: Method,
    /// The address, on a host that may see the key: see [`BaseUrl`](crate::BaseUrl).
    pub uri: Uri,
    /// What it carries. It is made once and shared by all attempts.
    pub content: Content,
    /// What happens when nobody knows whether it was acted on.
    pub repeat: Repeat,
    /// Whether it counts against the service's rate, and so waits in line.
    pub in_line: bool,
}

impl<'a> Call<'a> {
    /// A call that only reads: a `GET` that may be repeated, and does not wait in line.
    pub fn reading(name: &'a str, uri: Uri) -> Self {
        let repeat = Repeat::Always;
        Self { name, method: Method::GET, uri, content: Content::Nothing, repeat, in_line: false }
    }

    /// A call of which something comes each time: a `POST` that is sent once, and waits in line.
    pub fn creating(name: &'a str, uri: Uri, content: Content) -> Self {
        let repeat = Repeat::OnlyIfRefused;
        Self { name, method: Method::POST, uri, content, repeat, in_line: true }
    }
}

/// What a call carries.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Content {
    /// Nothing.
    Nothing,
    /// A JSON document.
    Json(Bytes),
    /// A form with a file. Each 100 kB of it give the call a second more.
    Form(Form),
}

/// Moves calls and files. Cheap to clone; all clones share one pool of connections and one line.
#[derive(Clone)]
pub struct Transport(Arc<Inner>);

struct Inner {
    service: Box<dyn HttpService>,
    key: Option<ApiKey>,
    user_agent: HeaderValue,
    timeouts: Timeouts,
    retry: Retry,
    line: Throttle,
    budget: Budget,
    largest: usize,
    loopback_files: bool,
}

/// Settings of a [`Transport`].
#[derive(Debug)]
#[must_use]
pub struct Builder {
    service: Option<Box<dyn HttpService>>,
    key: Option<ApiKey>,
    user_agent: String,
    timeouts: Timeouts,
    retry: Retry,
    rate: (usize, Duration),
    largest: usize,
    loopback_files: bool,
}

impl Builder {
    /// Exchanges requests through this service in place of the network.
    pub fn service(mut self, service: impl HttpService) -> Self {
        self.service = Some(Box::new(service));
        self
    }

    /// Sends this key with every call, and with no download.
    pub fn api_key(mut self, key: ApiKey) -> Self {
        self.key = Some(key);
        self
    }

    /// What the service sees as the caller's name. Some hosts refuse requests that have none.
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.user_agent = name.into();
        self
    }

    /// The clocks.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// How often and after which pauses a call is tried again.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// The service's rate for calls that wait in line: at most so many in any span of so long. None by default.
    pub fn rate(mut self, most: usize, span: Duration) -> Self {
        self.rate = (most, span);
        self
    }

    /// The largest answer to a call, in bytes. 16 MiB by default.
    pub fn largest_answer(mut self, bytes: usize) -> Self {
        self.largest = bytes;
        self
    }

    /// Whether files are fetched from this machine too, as those of a simulator are. Not by default.
    pub fn loopback_files(mut self, allowed: bool) -> Self {
        self.loopback_files = allowed;
        self
    }

    /// The transport.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Setup`] if the caller's name cannot stand in a header.
    pub fn build(self) -> Result<Transport, Error> {
        let user_agent = HeaderValue::try_from(self.user_agent)
            .map_err(|error| Error::new(ErrorKind::Setup, "the user agent is no header").with_source(error))?;
        Ok(Transport(Arc::new(Inner {
            service: self.service.unwrap_or_else(|| Box::new(Pool::new(self.timeouts.connect))),
            key: self.key,
            user_agent,
            timeouts: self.timeouts,
            retry: self.retry,
            line: Throttle::new(self.rate.0, self.rate.1),
            budget: Budget::default(),
            largest: self.largest,
            loopback_files: self.loopback_files,
        })))
    }
}

impl Transport {
    /// A transport over the network.
    pub fn builder() -> Builder {
        Builder {
            service: None,
            key: None,
            user_agent: concat!("kie-transport/", env!("CARGO_PKG_VERSION")).into(),
            timeouts: Timeouts::default(),
            retry: Retry::default(),
            rate: (0, Duration::ZERO),
            largest: 16 * 1024 * 1024,
            loopback_files: false,
        }
    }

    /// Makes a call, and makes it again as long as the table on the crate's front page allows it.
    ///
    /// `read` sees the HTTP status and the body of every answer and says what it is; what it has read of the last one
    /// is returned.
    ///
    /// # Errors
    ///
    /// [`Error`] if the last attempt brought no answer.
    pub async fn send<T>(&self, call: Call<'_>, mut read: impl FnMut(u16, &[u8]) -> Answer<T>) -> Result<T, Error> {
        let inner = &self.0;
        let sending = match &call.content {
            Content::Form(form) => Duration::from_secs(form.open().await?.size_hint().lower() / BYTES_PER_SECOND),
            _ => Duration::ZERO,
        };
        let mut total = inner.timeouts.total.saturating_add(sending);
        let mut attempts = 0;
        loop {
            // However long the line is, it leads to the counter: the clocks run from there.
            if call.in_line {
                inner.line.place().await;
            }
            let begun = Instant::now();
            attempts += 1;
            let mut asked = None;
            let outcome = match self.attempt(&call, total).await {
                Ok((head, body)) => {
                    asked = retry::retry_after(&head.headers);
                    Ok(read(head.status.as_u16(), &body))
                }
                Err(error) => Err(error),
            };
            let pause = inner.retry.pause(attempts, asked, retry::chance());
            total = total.saturating_sub(begun.elapsed());
            let may_repeat = call.repeat.allows(&outcome) && attempts < inner.retry.attempts;
            // A pause that does not fit in the time that is left would end in nothing, so it is not begun.
            if !may_repeat || pause >= total || !inner.budget.take() {
                if !may_repeat {
                    inner.budget.give_back();
                }
                return outcome.map(Answer::into_inner);
            }
            tracing::debug!(call = call.name, attempts, pause_ms = pause.as_millis() as u64, "sending again");
            sleep(pause).await;
            total -= pause;
        }
    }

    async fn attempt(&self, call: &Call<'_>, left: Duration) -> Result<(http::response::Parts, Bytes), Error> {
        let inner = &self.0;
        let (body, content_type) = match &call.content {
            Content::Nothing => (Body::empty(), None),
            Content::Json(json) => (json.clone().into(), Some(HeaderValue::from_static("application/json"))),
            Content::Form(form) => {
                (Body::streaming(form.open().await?), HeaderValue::try_from(form.content_type()).ok())
            }
        };
        let mut request = self.request(call.method.clone(), call.uri.clone(), body);
        if let Some(key) = &inner.key {
            request.headers_mut().insert(header::AUTHORIZATION, key.bearer());
        }
        if let Some(content_type) = content_type {
            request.headers_mut().insert(header::CONTENT_TYPE, content_type);
        }
        let exchange = async {
            let (head, body) = self.exchange(request).await?.into_parts();
            let body = body.whole(inner.largest, inner.timeouts.idle).await?;
            Ok((head, body))
        };
        let late = |_| Err(Error::new(ErrorKind::Timeout, "the call took too long"));
        timeout(left, exchange).await.unwrap_or_else(late)
    }

    /// Sends a request that carries no key, for [downloads](Self::download).
    pub(crate) async fn fetch(&self, uri: Uri) -> Result<Response<Body>, Error> {
        self.exchange(self.request(Method::GET, uri, Body::empty())).await
    }

    pub(crate) fn timeouts(&self) -> Timeouts {
        self.0.timeouts
    }

    pub(crate) fn reaches_loopback(&self) -> bool {
        self.0.loopback_files
    }

    pub(crate) fn retry(&self) -> Retry {
        self.0.retry
    }

    fn request(&self, method: Method, uri: Uri, body: Body) -> Request<Body> {
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        request.headers_mut().reserve(4);
        request.headers_mut().insert(header::USER_AGENT, self.0.user_agent.clone());
        request
    }

    async fn exchange(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
        let late = |_| Err(Error::new(ErrorKind::Timeout, "no answer came in time"));
        let sending = Duration::from_secs(request.body().size_hint().lower() / BYTES_PER_SECOND);
        timeout(self.0.timeouts.first_byte + sending, self.0.service.call(request)).await.unwrap_or_else(late)
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("service", &self.0.service)
            .field("timeouts", &self.0.timeouts)
            .field("retry", &self.0.retry)
            .finish_non_exhaustive()
    }
}

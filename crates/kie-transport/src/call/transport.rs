//! One request, its retries, and one answer.

use std::{
    fmt,
    pin::pin,
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri, header, response::Parts};
use tokio::time::{Instant, sleep, timeout};
use tracing::{Instrument, Span, field::Empty};

use crate::{
    call::{
        api_call::{ApiCall, Content},
        api_key::ApiKey,
        gate::Gate,
        permit::Permit,
        retry::{Ended, Retry, Verdict},
        retry_after::retry_after,
        retry_budget::RetryBudget,
    },
    error::{Error, ErrorKind},
    exchange::{Body, ConnectTimeout, FormBody, HttpService},
    timeouts::{CallClock, Timeouts, within},
};

/// A connection that sends less than this is too slow for a call's clocks.
const BYTES_PER_SECOND: u64 = 100_000;
/// The headers of a request: three or four of ours, and the host and the length, which are added on the way.
const HEADERS: usize = 6;

/// Nothing that is sent back is decompressed here, and a part of a compressed file could not be continued.
static UNCOMPRESSED: HeaderValue = HeaderValue::from_static("identity");
static JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Moves calls and files. Cheap to clone; all clones share one pool of connections and one line.
#[derive(Clone)]
pub struct Transport {
    pub(crate) shared: Arc<Inner>,
    pub(crate) timeouts: Timeouts,
}

pub(crate) struct Inner {
    pub(crate) service: Arc<dyn HttpService>,
    pub(crate) key: Option<ApiKey>,
    pub(crate) user_agent: HeaderValue,
    /// The service's own limit for making a connection.
    pub(crate) connect: Duration,
    pub(crate) retry: Retry,
    pub(crate) jitter: Arc<dyn Fn() -> f64 + Send + Sync>,
    pub(crate) gate: Gate,
    pub(crate) budget: RetryBudget,
    pub(crate) largest: usize,
    pub(crate) loopback_files: bool,
}

impl Transport {
    /// The same transport with other clocks, for one call or for many.
    #[must_use]
    pub fn with_timeouts(&self, timeouts: Timeouts) -> Self {
        Self { shared: Arc::clone(&self.shared), timeouts }
    }

    /// The clocks of its calls.
    pub fn timeouts(&self) -> Timeouts {
        self.timeouts
    }

    /// Makes a call, and makes it again as long as the table on the crate's front page allows it.
    ///
    /// `read` sees the HTTP status and the body of every answer and says what it is; what it has read of the last one
    /// is returned.
    ///
    /// Everything happens in one span of `tracing`, named `call`, with the fields `operation`, `attempt`, `status` and
    /// `bytes`. Its fields `code` and `task_id` are for `read` to record, in whose time it is the current span.
    ///
    /// # Errors
    ///
    /// [`Error`] if the last attempt brought no answer.
    pub fn send<T>(
        &self,
        call: ApiCall<'_>,
        read: impl FnMut(u16, &[u8]) -> Verdict<T>,
    ) -> impl Future<Output = Result<T, Error>> {
        let span = tracing::debug_span!(
            "call",
            operation = call.name,
            attempt = Empty,
            status = Empty,
            bytes = Empty,
            code = Empty,
            task_id = Empty,
        );
        // An `async fn` would keep the call twice.
        let sending = async move {
            let begun = Instant::now();
            let mut made = 0;
            let outcome = self.attempts(&call, begun, &mut made, read).await;
            tracing::debug!(outcome = ?Ended(&outcome), elapsed_ms = begun.elapsed().as_millis() as u64, "ended");
            outcome.map(Verdict::into_inner).map_err(|error| error.with_attempts(made, begun.elapsed()))
        };
        sending.instrument(span)
    }

    async fn attempts<T>(
        &self,
        call: &ApiCall<'_>,
        begun: Instant,
        made: &mut u32,
        mut read: impl FnMut(u16, &[u8]) -> Verdict<T>,
    ) -> Result<Verdict<T>, Error> {
        let shared = &*self.shared;
        let mut opened = match &call.content {
            Content::Form(form) => Some(Box::new(form.open().await?)),
            _ => None,
        };
        let sending = opened.as_deref().map_or(Duration::ZERO, sending);
        let mut left = CallClock::of(&self.timeouts, begun, sending);
        let mut outcome = Err(Error::new(ErrorKind::Unsent, "its turn to be sent did not come in time"));
        for attempt in 1.. {
            // However long the line is, it leads to the counter: the total runs from there.
            let flight = match shared.gate.enter(call, left.by()).await {
                Ok(flight) => flight,
                Err(error) => {
                    outcome = Err(error);
                    break;
                }
            };
            let limit = left.now();
            if flight.is_none() || limit.is_zero() {
                break;
            }
            if let Some(permit) = call.permit {
                permit.departs();
            }
            let span = Span::current();
            span.record("attempt", attempt);
            *made = attempt;
            let begun = Instant::now();
            let mut asked = None;
            outcome = match self.attempt(call, opened.take(), begun, limit).await {
                Ok((head, body)) => {
                    span.record("status", head.status.as_u16()).record("bytes", body.len());
                    asked = retry_after(&head.headers, SystemTime::now);
                    Ok(read(head.status.as_u16(), &body))
                }
                Err(error) => Err(error),
            };
            drop(flight);
            let pause = call.repeat.allows(&outcome).then(|| self.pause(attempt, asked)).flatten();
            let Some(pause) = pause else {
                shared.budget.give_back();
                break;
            };
            left.spend(begun.elapsed());
            // A pause that does not fit in the time that is left would end in nothing, so it is not begun.
            if pause >= left.now() || !call.permit.is_none_or(Permit::came_back) || !shared.budget.take() {
                break;
            }
            let pause_ms = pause.as_millis() as u64;
            tracing::debug!(attempt, reason = ?Ended(&outcome), pause_ms, "sending again");
            sleep(pause).await;
            left.spend(pause);
        }
        outcome
    }

    async fn attempt(
        &self,
        call: &ApiCall<'_>,
        opened: Option<Box<FormBody>>,
        begun: Instant,
        limit: Duration,
    ) -> Result<(Parts, Bytes), Error> {
        let opened = match (&call.content, opened) {
            (Content::Form(form), None) => Some(Box::new(form.open().await?)),
            (_, opened) => opened,
        };
        let (head, body) = self.exchange(self.filled(call, opened), limit).await?.into_parts();
        // In a place of its own, for a future that is handed on is kept twice.
        let whole = pin!(body.whole(self.shared.largest, self.timeouts.idle));
        let late = |_| Err(Error::new(ErrorKind::Timeout, "the call took too long"));
        let body = within(|| limit.saturating_sub(begun.elapsed()), whole).await.unwrap_or_else(late)?;
        Ok((head, body))
    }

    /// The request of a call, with its form, if it is one, ready to be read.
    fn filled(&self, call: &ApiCall<'_>, form: Option<Box<FormBody>>) -> Request<Body> {
        let (body, content_type) = match (&call.content, form) {
            (Content::Json(json), _) => (json.clone().into(), Some(JSON.clone())),
            (Content::Form(form), Some(filled)) => (Body::streaming(filled), Some(form.content_type())),
            _ => (Body::empty(), None),
        };
        let mut request = self.request(call.method.clone(), call.uri.clone(), body);
        // Where the host agrees, calls share a connection. Downloads are faster without.
        #[cfg(feature = "http2")]
        request.extensions_mut().insert(crate::exchange::MayShare);
        if let Some(key) = &self.shared.key {
            request.headers_mut().insert(header::AUTHORIZATION, key.bearer());
        }
        if let Some(content_type) = content_type {
            request.headers_mut().insert(header::CONTENT_TYPE, content_type);
        }
        request
    }

    /// Sends a request that carries no key, for [downloads](Self::download), with these headers more.
    pub(crate) async fn fetch(&self, uri: Uri, more: HeaderMap) -> Result<Response<Body>, Error> {
        let mut request = self.request(Method::GET, uri, Body::empty());
        request.headers_mut().extend(more);
        self.exchange(request, Duration::MAX).await
    }

    pub(crate) fn reaches_loopback(&self) -> bool {
        self.shared.loopback_files
    }

    /// The pause after this many attempts; none after the last.
    pub(crate) fn pause(&self, attempts: u32, asked: Option<Duration>) -> Option<Duration> {
        let Inner { retry, jitter, .. } = &*self.shared;
        (attempts < retry.attempts).then(|| retry.pause(attempts, asked, jitter()))
    }

    fn request(&self, method: Method, uri: Uri, body: Body) -> Request<Body> {
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        request.headers_mut().reserve(HEADERS);
        request.headers_mut().insert(header::USER_AGENT, self.shared.user_agent.clone());
        request.headers_mut().insert(header::ACCEPT_ENCODING, UNCOMPRESSED.clone());
        request
    }

    // The request is handed on before there is a future, which so needs no room for it.
    fn exchange(
        &self,
        mut request: Request<Body>,
        limit: Duration,
    ) -> impl Future<Output = Result<Response<Body>, Error>> {
        let limit = limit.min(self.timeouts.first_byte.saturating_add(sending(request.body())));
        // Time that runs out while there is no connection must not look like time that ran out on an answer. One that
        // was made at the last moment would leave no time for an answer anyway.
        let connect = self.timeouts.connect.min(limit / 8 * 7);
        if connect != self.shared.connect {
            request.extensions_mut().insert(ConnectTimeout(connect));
        }
        let exchange = self.shared.service.call(request);
        let late = |_| Err(Error::new(ErrorKind::Timeout, "no answer came in time"));
        async move { timeout(limit, exchange).await.unwrap_or_else(late) }
    }
}

/// How long a slow connection may take to send a body.
fn sending(body: &impl http_body::Body) -> Duration {
    Duration::from_secs(body.size_hint().lower() / BYTES_PER_SECOND)
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("timeouts", &self.timeouts)
            .field("retry", &self.shared.retry)
            .finish_non_exhaustive()
    }
}

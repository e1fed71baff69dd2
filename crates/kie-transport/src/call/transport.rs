//! Sends calls, and retries them.

use std::{
    fmt,
    pin::pin,
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri, header};
use tokio::time::{Instant, sleep};
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
        retrying::{OnRetry, Retrying},
    },
    error::{Error, ErrorKind},
    exchange::{Body, ConnectTimeout, FormBody, HttpService, Reach},
    timeouts::{CallClock, Timeouts, limited, within},
};

/// Speed at which a body is sent over a slow connection, in bytes per second. The timeout `first_byte` is extended by
/// the time that the body takes at this speed, and for forms also the timeout `total`.
const BYTES_PER_SECOND: u64 = 100_000;
/// Number of headers for which space is reserved in each request. The transport sets at most four headers of a call.
/// The headers for the host and for the length of the body are added later.
const HEADERS: usize = 6;

/// Value of the header `Accept-Encoding` that asks for responses without compression. The crate cannot decompress
/// responses, and could not continue a partial file that is compressed.
static UNCOMPRESSED: HeaderValue = HeaderValue::from_static("identity");
static JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Sends calls and downloads files. A clone is cheap. All clones share the connections, the queue and the retry budget.
#[derive(Clone)]
pub struct Transport {
    pub(crate) shared: Arc<Inner>,
    pub(crate) timeouts: Timeouts,
}

pub(crate) struct Inner {
    pub(crate) service: Arc<dyn HttpService>,
    pub(crate) key: Option<ApiKey>,
    pub(crate) user_agent: HeaderValue,
    /// Connect timeout of the `service`, if the service is the default pool. A request with another connect timeout has
    /// the extension [`ConnectTimeout`].
    pub(crate) connect: Duration,
    pub(crate) retry: Retry,
    pub(crate) on_retry: Option<OnRetry>,
    pub(crate) jitter: Arc<dyn Fn() -> f64 + Send + Sync>,
    pub(crate) gate: Gate,
    pub(crate) budget: RetryBudget,
    pub(crate) largest: usize,
    /// Hosts that downloads may reach.
    pub(crate) reach: Reach,
}

impl Transport {
    /// Returns a clone of this transport with these timeouts, for one call or for many.
    #[must_use]
    pub fn with_timeouts(&self, timeouts: Timeouts) -> Self {
        Self { shared: Arc::clone(&self.shared), timeouts }
    }

    /// Returns the timeouts of this transport's calls.
    pub fn timeouts(&self) -> Timeouts {
        self.timeouts
    }

    /// Sends a call. Sends the call again if the table of retries in the crate's documentation allows it.
    ///
    /// `read` gets the HTTP status and the body of every complete response, and returns a [`Verdict`] of the response.
    /// If the last attempt got a complete response, the value in its verdict is the result.
    ///
    /// The call runs in one `tracing` span named `call`, with the fields `operation`, `attempt`, `status` and `bytes`.
    /// While `read` runs, this span is the current span, so `read` may record the fields `code` and `task_id` in it.
    ///
    /// # Errors
    ///
    /// [`Error`] if the last attempt got no complete response, if its response is too large, or if the call could not
    /// be sent.
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
        // `send` is not an `async fn`, because the future of an `async fn` would store the call twice.
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
        let sending = opened.as_deref().map_or(Duration::ZERO, sending_time);
        let mut left = CallClock::of(&self.timeouts, begun, sending);
        let mut outcome = Err(Error::new(ErrorKind::Unsent, "the call could not be sent within its time limit"));
        for attempt in 1.. {
            // Waits in the queue. This time does not count against `total`, so `left.spend` is not called for it.
            let in_flight = match shared.gate.enter(call, left.by()).await {
                Ok(in_flight) => in_flight,
                Err(error) => {
                    outcome = Err(error);
                    break;
                }
            };
            let limit = left.now();
            if in_flight.is_none() || limit.is_zero() {
                break;
            }
            if let Some(permit) = call.permit {
                permit.on_send();
            }
            let span = Span::current();
            span.record("attempt", attempt);
            *made = attempt;
            let begun = Instant::now();
            let mut asked = None;
            let mut response = None;
            outcome = match self.attempt(call, opened.take(), begun, limit).await {
                Ok((status, pause, body)) => {
                    span.record("status", status).record("bytes", body.len());
                    asked = pause;
                    let verdict = read(status, &body);
                    if shared.on_retry.is_some() {
                        response = Some((status, body));
                    }
                    Ok(verdict)
                }
                Err(error) => Err(error),
            };
            drop(in_flight);
            if let Some(retry_after) = call.retry_after {
                retry_after.set(asked);
            }
            let pause = call.idempotency.allows(&outcome).then(|| self.pause(attempt, asked)).flatten();
            let Some(pause) = pause else {
                shared.budget.give_back();
                break;
            };
            left.spend(begun.elapsed());
            // If the pause takes all the time that is left, the call cannot be sent again after it. So the call ends
            // now.
            if pause >= left.now() || !call.permit.is_none_or(Permit::allows_retry) || !shared.budget.take() {
                break;
            }
            let pause_ms = pause.as_millis() as u64;
            tracing::debug!(attempt, reason = ?Ended(&outcome), pause_ms, "sending again");
            let response = response.as_ref().map(|(status, body)| (*status, &body[..]));
            self.tell(call.name, attempt, pause, &outcome, response);
            sleep(pause).await;
            left.spend(pause);
        }
        outcome
    }

    /// Sends a call once. Returns the HTTP status of the response, the pause that the response asked for, and its body.
    async fn attempt(
        &self,
        call: &ApiCall<'_>,
        opened: Option<Box<FormBody>>,
        begun: Instant,
        limit: Duration,
    ) -> Result<(u16, Option<Duration>, Bytes), Error> {
        let opened = match (&call.content, opened) {
            (Content::Form(form), None) => Some(Box::new(form.open().await?)),
            (_, opened) => opened,
        };
        // The head of the response is dropped at the end of this block, so the future does not store the head while it
        // reads the body.
        let (status, asked, body) = {
            let response = self.exchange(self.filled(call, opened), limit).await?;
            let asked = retry_after(response.headers(), SystemTime::now);
            (response.status().as_u16(), asked, response.into_body())
        };
        // Pins the future here and passes a reference to `within`. If the future were passed by value, `within` would
        // store the future twice.
        let whole = pin!(body.whole(self.shared.largest, self.timeouts.idle));
        let late = |_| Err(Error::new(ErrorKind::Timeout, "the call took too long"));
        let body = within(|| limit.saturating_sub(begun.elapsed()), whole).await.unwrap_or_else(late)?;
        Ok((status, asked, body))
    }

    /// Builds the request of a call. `form` is the opened form, if the content of the call is a form.
    fn filled(&self, call: &ApiCall<'_>, form: Option<Box<FormBody>>) -> Request<Body> {
        let (body, content_type) = match (&call.content, form) {
            (Content::Json(json), _) => (json.clone().into(), Some(JSON.clone())),
            (Content::Form(form), Some(filled)) => (Body::streaming(filled), Some(form.content_type())),
            _ => (Body::empty(), None),
        };
        let mut request = self.request(call.method.clone(), call.uri.clone(), body);
        // Calls share an HTTP/2 connection if the host offers HTTP/2. Downloads are faster over HTTP/1.1.
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

    /// Sends a `GET` request without the API key, with the additional headers `more`. [`Transport::download`] uses this
    /// function.
    pub(crate) async fn fetch(&self, uri: Uri, more: HeaderMap) -> Result<Response<Body>, Error> {
        let mut request = self.request(Method::GET, uri, Body::empty());
        request.headers_mut().extend(more);
        request.extensions_mut().insert(self.shared.reach);
        self.exchange(request, Duration::MAX).await
    }

    /// Returns the pause after attempt number `attempts`, or `None` if that attempt was the last. `asked` is the pause
    /// that the service asked for.
    pub(crate) fn pause(&self, attempts: u32, asked: Option<Duration>) -> Option<Duration> {
        let Inner { retry, jitter, .. } = &*self.shared;
        (attempts < retry.attempts).then(|| retry.pause(attempts, asked, jitter()))
    }

    /// Calls the function [`on_retry`](crate::TransportBuilder::on_retry), if there is one.
    pub(crate) fn tell<T>(
        &self,
        operation: &str,
        attempt: u32,
        pause: Duration,
        outcome: &Result<Verdict<T>, Error>,
        response: Option<(u16, &[u8])>,
    ) {
        let Some(on_retry) = &self.shared.on_retry else { return };
        let attempts = (attempt, self.shared.retry.attempts);
        if let Some(retrying) = Retrying::of(operation, attempts, pause, outcome, response) {
            on_retry(&retrying);
        }
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

    // This is not an `async fn`, so that the returned future does not store the request. The request is passed to
    // `self.shared.service` before this future is made.
    fn exchange(
        &self,
        mut request: Request<Body>,
        limit: Duration,
    ) -> impl Future<Output = Result<Response<Body>, Error>> {
        let limit = limit.min(self.timeouts.first_byte.saturating_add(sending_time(request.body())));
        // The connect timeout must end before the limit of the whole attempt. The error then says that there was no
        // connection, and not that the response is late. At least one eighth of the limit is left for the response.
        let connect = self.timeouts.connect.min(limit / 8 * 7);
        if connect != self.shared.connect {
            request.extensions_mut().insert(ConnectTimeout(connect));
        }
        let exchange = self.shared.service.call(request);
        let late = |_| Err(Error::new(ErrorKind::Timeout, "no response arrived in time"));
        async move { limited(limit, pin!(exchange)).await.unwrap_or_else(late) }
    }
}

/// Returns the time that a slow connection needs to send a body, in whole seconds.
fn sending_time(body: &impl http_body::Body) -> Duration {
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

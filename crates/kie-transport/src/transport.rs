//! One request, its retries, and one answer.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, Uri, header};
use http_body::Body as _;
use tokio::time::{Instant, sleep, timeout};

use crate::{
    api_key::ApiKey,
    body::Body,
    budget::Budget,
    builder::Builder,
    call::{Call, Content},
    error::{Error, ErrorKind},
    retry::{self, Answer, Retry},
    service::HttpService,
    throttle::Throttle,
    timeouts::Timeouts,
};

/// A connection that sends less than this is too slow for a call's clocks.
const BYTES_PER_SECOND: u64 = 100_000;

/// Moves calls and files. Cheap to clone; all clones share one pool of connections and one line.
#[derive(Clone)]
pub struct Transport(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) service: Box<dyn HttpService>,
    pub(crate) key: Option<ApiKey>,
    pub(crate) user_agent: HeaderValue,
    pub(crate) timeouts: Timeouts,
    pub(crate) retry: Retry,
    pub(crate) line: Throttle,
    pub(crate) budget: Budget,
    pub(crate) largest: usize,
    pub(crate) loopback_files: bool,
}

impl Transport {
    /// A transport over the network.
    pub fn builder() -> Builder {
        Builder::new()
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
        // Where the host agrees, calls share a connection. Downloads are faster without.
        #[cfg(feature = "http2")]
        {
            *request.version_mut() = http::Version::HTTP_2;
        }
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

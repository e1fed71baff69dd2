//! A `tower` service in place of the network.

use std::{
    error::Error as StdError,
    fmt,
    future::poll_fn,
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt;
use tower_service::Service;

use crate::{
    error::{Error, ErrorKind},
    exchange::{
        body::Body,
        service::{HttpFuture, HttpService},
    },
};

type Cause = Box<dyn StdError + Send + Sync>;

/// Exchanges requests through a `tower` service: another HTTP client, a stack of layers, a router in memory. Each
/// exchange has a clone of it, which is asked to be ready first.
///
/// ```
/// use kie_transport::{Verdict, Body, ApiCall, Tower, Transport, http::{Request, Response}};
/// # use std::{convert::Infallible, future::{Ready, ready}, task::{Context, Poll}};
/// # #[derive(Clone)]
/// # struct Kettle;
/// # impl tower_service::Service<Request<Body>> for Kettle {
/// #     type Response = Response<Body>;
/// #     type Error = Infallible;
/// #     type Future = Ready<Result<Response<Body>, Infallible>>;
/// #     fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> { Poll::Ready(Ok(())) }
/// #     fn call(&mut self, _: Request<Body>) -> Self::Future { ready(Ok(Response::new("tea".into()))) }
/// # }
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
/// # runtime.block_on(async {
/// let transport = Transport::builder().service(Tower::new(Kettle)).build()?;
/// let call = ApiCall::reading("kettle", "https://tea.example/kettle".parse()?);
/// let answer = transport.send(call, |_status, body| Verdict::Done(body.to_vec())).await?;
/// assert_eq!(answer, b"tea");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
///
/// A service that fails before it is ready is [`ErrorKind::Unsent`]. How a call failed that it took,
/// [`kinds`](Self::kinds) tells; by default it is [`ErrorKind::Interrupted`], after which nothing that costs money is sent
/// again. An error that is an [`Error`] itself is kept as it is.
pub struct Tower<S, E> {
    /// Whoever clones it needs it for a moment, and no other use is made of it: it need not be `Sync`.
    service: Mutex<S>,
    kind: fn(&E) -> ErrorKind,
}

impl<S: Service<Request<Body>>> Tower<S, S::Error> {
    /// A service to exchange requests through.
    pub fn new(service: S) -> Self {
        Self { service: Mutex::new(service), kind: |_| ErrorKind::Interrupted }
    }

    /// Tells by this function how a call failed: see [`HttpService`] for what each kind means for money.
    ///
    /// ```
    /// use hyper_util::{client::legacy::Client, rt::TokioExecutor};
    /// use kie_transport::{Body, ErrorKind, Tower, Transport};
    ///
    /// let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
    /// let service = Tower::new(client).kinds(|error| match error.is_connect() {
    ///     true => ErrorKind::Connect,
    ///     false => ErrorKind::Interrupted,
    /// });
    /// let transport = Transport::builder().service(service).build()?;
    /// # Ok::<_, kie_transport::ConfigError>(())
    /// ```
    #[must_use]
    pub fn kinds(mut self, kind: fn(&S::Error) -> ErrorKind) -> Self {
        self.kind = kind;
        self
    }
}

impl<S, B> HttpService for Tower<S, S::Error>
where
    S: Service<Request<Body>, Response = Response<B>> + Clone + Send + 'static,
    S::Error: Into<Cause> + 'static,
    S::Future: Send + 'static,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Cause>,
{
    fn call(&self, request: Request<Body>) -> HttpFuture<'_> {
        let mut service = self.service.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let kind = self.kind;
        Box::pin(async move {
            let ready = poll_fn(|cx| service.poll_ready(cx)).await;
            ready.map_err(|error| failed(ErrorKind::Unsent, "the service is not ready", error))?;
            let answered = service.call(request).await;
            let response = answered.map_err(|error| failed(kind(&error), "the service did not answer", error))?;
            Ok(response.map(|body| {
                let broke =
                    |error| failed(ErrorKind::Interrupted, "the service broke off in the middle of its answer", error);
                Body::streaming(body.map_err(broke))
            }))
        })
    }
}

/// What went wrong, in our words unless it says so in them itself.
fn failed(kind: ErrorKind, what: &'static str, cause: impl Into<Cause>) -> Error {
    match cause.into().downcast::<Error>() {
        Ok(error) => *error,
        Err(cause) => Error::new(kind, what).with_source(cause),
    }
}

impl<S, E> fmt::Debug for Tower<S, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tower")
    }
}

//! Uses a `tower` service instead of the network.

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

/// Sends requests through a `tower` service, such as another HTTP client, a stack of layers, or a router in memory.
/// Each request uses its own clone of the `tower` service, and waits until the clone is ready.
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
/// let response = transport.send(call, |_status, body| Verdict::Done(body.to_vec())).await?;
/// assert_eq!(response, b"tea");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
///
/// An error before the `tower` service is ready has the kind [`ErrorKind::Unsent`]. For a later error before the
/// response, the function that is set with [`error_kind`](Self::error_kind) returns the kind. Without this function,
/// the kind is [`ErrorKind::Interrupted`], after which a call that costs money is not sent again. An error in the body
/// of the response is always `Interrupted`. An error of the `tower` service that is already an [`Error`] is returned
/// unchanged.
pub struct Tower<S, E> {
    /// The `tower` service. It is locked only while it is cloned. Because of the lock, the `tower` service need not be
    /// `Sync`.
    service: Mutex<S>,
    kind: fn(&E) -> ErrorKind,
}

impl<S: Service<Request<Body>>> Tower<S, S::Error> {
    /// Returns an [`HttpService`] that uses this `tower` service.
    pub fn new(service: S) -> Self {
        Self { service: Mutex::new(service), kind: |_| ErrorKind::Interrupted }
    }

    /// Sets the function that returns the kind of an error. The kind decides whether a call that costs money is sent
    /// again: see [`HttpService`].
    ///
    /// ```
    /// use hyper_util::{client::legacy::Client, rt::TokioExecutor};
    /// use kie_transport::{Body, ErrorKind, Tower, Transport};
    ///
    /// let client = Client::builder(TokioExecutor::new()).build_http::<Body>();
    /// let service = Tower::new(client).error_kind(|error| match error.is_connect() {
    ///     true => ErrorKind::Connect,
    ///     false => ErrorKind::Interrupted,
    /// });
    /// let transport = Transport::builder().service(service).build()?;
    /// # Ok::<_, kie_transport::ConfigError>(())
    /// ```
    #[must_use]
    pub fn error_kind(mut self, kind: fn(&S::Error) -> ErrorKind) -> Self {
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
            let called = service.call(request).await;
            let response = called.map_err(|error| failed(kind(&error), "the service returned no response", error))?;
            Ok(response.map(|body| {
                let broke = |error| {
                    failed(ErrorKind::Interrupted, "the service broke off in the middle of its response", error)
                };
                Body::streaming(body.map_err(broke))
            }))
        })
    }
}

/// Returns `cause` unchanged if it is an [`Error`]. If it is another type, returns a new error with this kind, text and
/// cause.
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

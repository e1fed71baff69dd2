//! The trait of HTTP services. An HTTP service is an object in this process that exchanges a request for a response.

use std::{pin::Pin, time::Duration};

use http::{Request, Response};

use crate::{error::Error, exchange::body::Body};

/// Future that [`HttpService::call`] returns.
pub type HttpFuture<'a> = Pin<Box<dyn Future<Output = Result<Response<Body>, Error>> + Send + 'a>>;

/// An HTTP service: an object in this process that exchanges one HTTP request for one response.
///
/// [`Pool`](crate::Pool) is the HTTP service for the network. It can be replaced by another HTTP service, such as a
/// fixed response in a test, a recorder of requests, or another HTTP stack. An HTTP service must not repeat a request
/// that may have been sent, and must not follow redirects. The [`Transport`](crate::Transport) is responsible for
/// retries, limits and timeouts.
///
/// An async function that takes a request and returns a response is an HTTP service:
///
/// ```
/// use kie_transport::{Verdict, Body, ApiCall, Error, Transport, http::{Request, Response}};
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
/// # runtime.block_on(async {
/// let transport = Transport::builder()
///     .service(|request: Request<Body>| async move {
///         assert_eq!(request.uri().path(), "/kettle");
///         Ok(Response::new("tea"))
///     })
///     .build()?;
/// let call = ApiCall::reading("kettle", "https://tea.example/kettle".parse()?);
/// let response = transport.send(call, |_status, body| Verdict::Done(body.to_vec())).await?;
/// assert_eq!(response, b"tea");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
///
/// [`Tower`](crate::Tower) adapts a `tower` service. A type whose future borrows from `self` must implement the trait
/// itself. This example records the address of each request:
///
/// ```
/// use kie_transport::{Body, HttpFuture, HttpService, http};
///
/// struct Recorder<S>(S, std::sync::Mutex<Vec<http::Uri>>);
///
/// impl<S: HttpService> HttpService for Recorder<S> {
///     fn call(&self, request: http::Request<Body>) -> HttpFuture<'_> {
///         if let Ok(mut uris) = self.1.lock() {
///             uris.push(request.uri().clone());
///         }
///         self.0.call(request)
///     }
/// }
/// ```
///
/// # Errors
///
/// The [kind](crate::ErrorKind) of the error decides whether the request is sent again. With a wrong kind, a call may
/// be paid twice. If you are not sure, use `Interrupted`.
///
/// | failure | error |
/// | --- | --- |
/// | nothing was sent, and it would fail again: a wrong address or certificate, a refusal of the proxy | `Error::new(ErrorKind::Setup, "…")` |
/// | there was no connection, and a later attempt may succeed | `Error::new(ErrorKind::Connect, "…")` |
/// | it is certain that no byte of the request was sent | `Error::new(ErrorKind::Unsent, "…")` |
/// | the request may have been sent, but no response came in time | `Error::new(ErrorKind::Timeout, "…")` |
/// | the request may have been sent, but the connection broke | `Error::new(ErrorKind::Interrupted, "…")` |
/// | the request may have been sent, but the response was not HTTP | `Error::new(ErrorKind::Interrupted, "…")` |
///
/// A response is not an error, even if its status reports a failure. [`Error::with_source`] adds the cause, which
/// should contain no key and no complete address. All other kinds of errors are made by the transport, and not by an
/// HTTP service.
///
/// ```
/// use kie_transport::{Body, Error, ErrorKind, Transport, http::Request};
///
/// let refused = |_: Request<Body>| async {
///     let cause = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
///     Err::<http::Response<Body>, _>(Error::new(ErrorKind::Connect, "there is no connection to the host").with_source(cause))
/// };
/// let transport = Transport::builder().service(refused).build()?;
/// # Ok::<_, kie_transport::ConfigError>(())
/// ```
///
/// Other crates may implement this trait. Methods that are added to the trait later will have a default implementation.
pub trait HttpService: Send + Sync + 'static {
    /// Sends the request. The future completes with the head of the response. The caller then reads the body.
    fn call(&self, request: Request<Body>) -> HttpFuture<'_>;
}

/// A closure or an `async fn` that returns a response is an HTTP service. The type of a closure's argument must be
/// written.
impl<F, A, B> HttpService for F
where
    F: Fn(Request<Body>) -> A + Send + Sync + 'static,
    A: Future<Output = Result<Response<B>, Error>> + Send + 'static,
    B: Into<Body>,
{
    fn call(&self, request: Request<Body>) -> HttpFuture<'_> {
        let responding = self(request);
        Box::pin(async move { responding.await.map(|response| response.map(Into::into)) })
    }
}

/// Maximum time that one request waits for its connection. It replaces the connect timeout of the
/// [`Pool`](crate::Pool).
///
/// Insert this value into the extensions of the request. An HTTP service that makes no connections can ignore the
/// value.
///
/// ```
/// # use std::time::Duration;
/// # use kie_transport::{Body, ConnectTimeout};
/// let mut request = http::Request::new(Body::empty());
/// request.extensions_mut().insert(ConnectTimeout(Duration::from_secs(2)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectTimeout(pub Duration);

/// Extension of a request that may share an HTTP/2 connection with other requests. The version field of the request is
/// not used for this purpose, because an HTTP service other than [`Pool`](crate::Pool) might then send the request with
/// that version only.
#[cfg(feature = "http2")]
#[derive(Debug, Clone, Copy)]
pub(crate) struct MayShare;

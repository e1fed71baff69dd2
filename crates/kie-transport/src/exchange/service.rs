//! The seam: something that exchanges one HTTP request for one answer.

use std::{pin::Pin, time::Duration};

use http::{Request, Response};

use crate::{error::Error, exchange::body::Body};

/// The future of one exchange.
pub type HttpFuture<'a> = Pin<Box<dyn Future<Output = Result<Response<Body>, Error>> + Send + 'a>>;

/// Something that exchanges one HTTP request for one answer.
///
/// [`Pool`](crate::Pool) is the one for the network. Another can stand in its place: a canned answer in a test, a
/// recorder, another HTTP stack. It sends what it is given, once, and follows no redirects; retries, limits and clocks
/// are above it.
///
/// A function that takes a request and returns an answer is one:
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
/// let answer = transport.send(call, |_status, body| Verdict::Done(body.to_vec())).await?;
/// assert_eq!(answer, b"tea");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
///
/// [`Tower`](crate::Tower) makes one of a `tower` service. What borrows from itself implements the trait:
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
/// The [kind](crate::ErrorKind) of the error decides what is sent again, and with it what may be paid twice. In doubt it
/// is `Interrupted`.
///
/// | what happened | the error |
/// | --- | --- |
/// | the request can never be sent: a wrong address, no certificate store | `Error::new(ErrorKind::Setup, "…")` |
/// | there was no connection | `Error::new(ErrorKind::Connect, "…")` |
/// | the request was given back, and certainly none of it left | `Error::new(ErrorKind::Unsent, "…")` |
/// | it may have left, and no answer came in a time of the service's own | `Error::new(ErrorKind::Timeout, "…")` |
/// | it may have left, and the connection broke, or no HTTP came back | `Error::new(ErrorKind::Interrupted, "…")` |
///
/// An answer is no error, whatever its status. [`Error::with_source`] adds the cause; it should hold no key and no whole
/// address. The other kinds belong to answers and files, and are made above the service.
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
/// The trait is open: anybody may implement it. A method that is added to it later has a default.
pub trait HttpService: Send + Sync + 'static {
    /// Sends the request and returns the answer's head, with its body still to be read.
    fn call(&self, request: Request<Body>) -> HttpFuture<'_>;
}

/// A closure or an `async fn` that answers requests. The type of a closure's argument has to be written out.
impl<F, A, B> HttpService for F
where
    F: Fn(Request<Body>) -> A + Send + Sync + 'static,
    A: Future<Output = Result<Response<B>, Error>> + Send + 'static,
    B: Into<Body>,
{
    fn call(&self, request: Request<Body>) -> HttpFuture<'_> {
        let answering = self(request);
        Box::pin(async move { answering.await.map(|response| response.map(Into::into)) })
    }
}

/// How long a request may wait for its connection, in place of the clock of the client.
///
/// It travels with a request as an extension, and [`Pool`](crate::Pool) keeps to it. A service that makes no
/// connections need not look at it.
///
/// ```
/// # use std::time::Duration;
/// # use kie_transport::{Body, ConnectTimeout};
/// let mut request = http::Request::new(Body::empty());
/// request.extensions_mut().insert(ConnectTimeout(Duration::from_secs(2)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectTimeout(pub Duration);

/// Marks a request that may share its connection with others, as an extension. Its version would not do: services of other
/// makes take that for a demand.
#[cfg(feature = "http2")]
#[derive(Debug, Clone, Copy)]
pub(crate) struct MayShare;

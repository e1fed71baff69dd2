//! The seam: something that exchanges one HTTP request for one answer.

use std::{fmt, pin::Pin, time::Duration};

use http::{Request, Response};

use crate::{error::Error, exchange::body::Body};

/// The future of one exchange.
pub type Exchange<'a> = Pin<Box<dyn Future<Output = Result<Response<Body>, Error>> + Send + 'a>>;

/// Something that exchanges one HTTP request for one answer.
///
/// [`Pool`](crate::Pool) is the one for the network. Another can stand in its place: a canned answer in a test, a
/// recorder, a way through a proxy. It sends what it is given, once, and follows no redirects; retries, limits and
/// clocks are above it. Its error says whether anything had left: see [`ErrorKind`](crate::ErrorKind).
///
/// The trait is open: anybody may implement it. A method that is added to it later has a default.
///
/// ```
/// use kie_transport::{Body, Exchange, HttpService};
///
/// #[derive(Debug)]
/// struct Canned(&'static str);
///
/// impl HttpService for Canned {
///     fn call(&self, _request: http::Request<Body>) -> Exchange<'_> {
///         Box::pin(async { Ok(http::Response::new(Body::from(self.0))) })
///     }
/// }
/// ```
pub trait HttpService: fmt::Debug + Send + Sync + 'static {
    /// Sends the request and returns the answer's head, with its body still to be read.
    fn call(&self, request: Request<Body>) -> Exchange<'_>;
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

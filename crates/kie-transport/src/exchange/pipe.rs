//! HTTP over streams that the caller provides.

use std::fmt;

use http::{HeaderValue, Request};
use tokio::io::{AsyncRead, AsyncWrite};

use crate::exchange::{
    body::Body,
    connection::{self, SendFailure},
    service::{HttpFuture, HttpService},
};

/// An [`HttpService`](crate::HttpService) that sends each request with HTTP/1.1 over a stream of its own. A function of
/// the caller opens the streams. For example, a test can use streams in memory that lead to a simulator.
///
/// ```
/// # use kie_transport::Pipe;
/// let service = Pipe::new(|| {
///     let (ours, theirs) = tokio::io::duplex(64 * 1024);
///     tokio::spawn(async move { drop(theirs) }); // a server would respond here
///     ours
/// });
/// ```
pub struct Pipe<F>(F);

impl<F, S> Pipe<F>
where
    F: Fn() -> S + Send + Sync + 'static,
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    /// Returns a service that calls `open` for each request, and sends the request over the returned stream.
    pub fn new(open: F) -> Self {
        Self(open)
    }
}

impl<F, S> HttpService for Pipe<F>
where
    F: Fn() -> S + Send + Sync + 'static,
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    fn call(&self, mut request: Request<Body>) -> HttpFuture<'_> {
        Box::pin(async move {
            let mut sender = connection::open((self.0)()).await?;
            let host = request.uri().authority().and_then(|host| HeaderValue::from_str(host.as_str()).ok());
            connection::address(&mut request, host.as_ref());
            let sent = connection::send(&mut sender, request).await;
            sent.map(|response| response.map(Body::from)).map_err(SendFailure::into_error)
        })
    }
}

impl<F> fmt::Debug for Pipe<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pipe")
    }
}

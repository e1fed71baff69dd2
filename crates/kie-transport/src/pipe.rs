//! HTTP over streams that somebody else makes.

use std::fmt;

use http::Request;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::{
    body::Body,
    error::{Error, ErrorKind},
    service::{Exchange, HttpService},
};

/// Speaks HTTP/1.1 over streams that a function makes, one for each call: in-memory pipes to a simulator, for tests.
///
/// ```
/// # use kie_transport::Pipe;
/// let service = Pipe::new(|| {
///     let (ours, theirs) = tokio::io::duplex(64 * 1024);
///     tokio::spawn(async move { drop(theirs) }); // here a server would answer
///     ours
/// });
/// ```
pub struct Pipe<F>(F);

impl<F, S> Pipe<F>
where
    F: Fn() -> S + Send + Sync + 'static,
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    /// Calls go over the streams that `open` makes.
    pub fn new(open: F) -> Self {
        Self(open)
    }
}

impl<F, S> HttpService for Pipe<F>
where
    F: Fn() -> S + Send + Sync + 'static,
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    fn call(&self, mut request: Request<Body>) -> Exchange<'_> {
        Box::pin(async move {
            let (mut sender, connection) = http1::handshake(TokioIo::new((self.0)()))
                .await
                .map_err(|error| Error::new(ErrorKind::Connect, "the pipe is closed").with_source(error))?;
            tokio::spawn(connection);
            // Over a connection of its own a request names its host in a header, not in its target.
            if let Some(host) = request.uri().authority().and_then(|host| host.as_str().parse().ok()) {
                request.headers_mut().insert(http::header::HOST, host);
            }
            if let Some(target) = request.uri().path_and_query() {
                *request.uri_mut() = target.clone().into();
            }
            let answered = sender.send_request(request).await;
            answered.map(|response| response.map(Body::from)).map_err(|error| {
                let kind = if error.is_canceled() { ErrorKind::Unsent } else { ErrorKind::Interrupted };
                Error::new(kind, "the connection broke before the answer came").with_source(error)
            })
        })
    }
}

impl<F> fmt::Debug for Pipe<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pipe")
    }
}

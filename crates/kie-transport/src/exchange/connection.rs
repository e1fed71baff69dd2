//! HTTP/1.1 on one connection, and how exactly a request failed on it.

use http::{HeaderValue, Request, Response, Uri, Version, header};
use hyper::{
    body::Incoming,
    client::conn::{TrySendError, http1},
};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::{
    error::{Error, ErrorKind},
    exchange::body::Body,
};

/// Sends requests over one connection, one after another. When it is dropped, the connection ends after the exchange
/// that is under way.
pub(crate) type RequestSender = http1::SendRequest<Body>;

/// A request without an answer.
pub(crate) enum SendFailure {
    /// It came back before any of it was written, and can be sent elsewhere.
    Unsent(Box<Request<Body>>, hyper::Error),
    /// Some or all of it may have left.
    Lost(Error),
}

/// Begins HTTP/1.1 on a stream.
pub(crate) async fn open(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Result<RequestSender, Error> {
    let (sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| Error::new(ErrorKind::Connect, "the connection cannot be used").with_source(error))?;
    // What ends the connection is told to whoever waits for an answer on it.
    tokio::spawn(connection);
    Ok(sender)
}

/// Sends a request that is [addressed](address), and waits for the head of its answer.
// The request is handed on before there is a future, which so needs no room for it.
pub(crate) fn send(
    sender: &mut RequestSender,
    request: Request<Body>,
) -> impl Future<Output = Result<Response<Incoming>, SendFailure>> {
    let sending = sender.try_send_request(request);
    async { sending.await.map_err(failure) }
}

/// Over a connection to its host a request names the host in a header, not in its target.
pub(crate) fn address(request: &mut Request<Body>, host: Option<&HeaderValue>) {
    *request.version_mut() = Version::HTTP_11;
    let target = std::mem::take(request.uri_mut()).into_parts().path_and_query;
    *request.uri_mut() = target.map_or_else(Uri::default, Uri::from);
    if let Some(host) = host {
        request.headers_mut().insert(header::HOST, host.clone());
    }
}

/// hyper gives a request back only if it had not begun to write it: it takes the request out of its queue and writes it
/// in one step, and what is still in the queue when the connection ends is returned.
pub(crate) fn failure(mut error: TrySendError<Request<Body>>) -> SendFailure {
    match error.take_message() {
        Some(request) => SendFailure::Unsent(Box::new(request), error.into_error()),
        None => SendFailure::Lost(interrupted(error.into_error())),
    }
}

impl SendFailure {
    /// For whoever has no other connection to send it over.
    pub(crate) fn into_error(self) -> Error {
        match self {
            Self::Unsent(_, error) => unsent(error),
            Self::Lost(error) => error,
        }
    }
}

pub(crate) fn unsent(error: hyper::Error) -> Error {
    Error::new(ErrorKind::Unsent, "the connection closed before the request was sent").with_source(error)
}

fn interrupted(error: hyper::Error) -> Error {
    Error::new(ErrorKind::Interrupted, "the connection broke before the answer came").with_source(error)
}

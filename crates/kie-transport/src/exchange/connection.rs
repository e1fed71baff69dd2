//! Sends requests with HTTP/1.1 on one connection, and tells exactly how a request failed.

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

/// Sends requests over one connection, one after another. When it is dropped, the connection closes after the current
/// exchange.
pub(crate) type RequestSender = http1::SendRequest<Body>;

/// Failure of a request that got no response.
pub(crate) enum SendFailure {
    /// hyper gave the request back before any of it was written. It can be sent over another connection.
    Unsent(Box<Request<Body>>, hyper::Error),
    /// Some or all of the request may have been sent.
    Lost(Error),
}

/// Starts HTTP/1.1 on a stream.
pub(crate) async fn open(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Result<RequestSender, Error> {
    let (sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| Error::new(ErrorKind::Connect, "the connection cannot be used").with_source(error))?;
    // The caller that waits for a response gets the error of the connection.
    tokio::spawn(connection);
    Ok(sender)
}

/// Sends a request that was prepared by [`address`], and waits for the head of the response.
// The request is passed on before the future exists, so the future does not store it.
pub(crate) fn send(
    sender: &mut RequestSender,
    request: Request<Body>,
) -> impl Future<Output = Result<Response<Incoming>, SendFailure>> {
    let sending = sender.try_send_request(request);
    async { sending.await.map_err(failure) }
}

/// Prepares a request for a connection to its host: the host goes into a header and not into the request target.
pub(crate) fn address(request: &mut Request<Body>, host: Option<&HeaderValue>) {
    *request.version_mut() = Version::HTTP_11;
    let target = std::mem::take(request.uri_mut()).into_parts().path_and_query;
    *request.uri_mut() = target.map_or_else(Uri::default, Uri::from);
    if let Some(host) = host {
        request.headers_mut().insert(header::HOST, host.clone());
    }
}

/// Classifies a failure. hyper takes a request out of its queue and writes it in one step, and gives back a request
/// that is still in the queue when the connection ends. So a request that is given back was not written at all.
pub(crate) fn failure(mut error: TrySendError<Request<Body>>) -> SendFailure {
    match error.take_message() {
        Some(request) => SendFailure::Unsent(Box::new(request), error.into_error()),
        None => SendFailure::Lost(interrupted(error.into_error())),
    }
}

impl SendFailure {
    /// Returns the error for a caller that has no other connection to send the request over.
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
    Error::new(ErrorKind::Interrupted, "the connection broke before the response arrived").with_source(error)
}

//! Sends requests with HTTP/1.1 on one connection. After a failure, tells whether it is certain that no byte of the
//! request was sent.

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

/// Sends requests over one connection, one after another. When the sender is dropped, the connection closes after the
/// current request and its response.
pub(crate) type RequestSender = http1::SendRequest<Body>;

/// Failure of a request that got no response.
pub(crate) enum SendFailure {
    /// hyper returned the request before any byte of it was written. The request can be sent over another connection.
    Unsent(Box<Request<Body>>, hyper::Error),
    /// hyper did not return the request. A part of the request, or the whole request, may have been sent. If
    /// the error has the kind [`ErrorKind::Unsent`], an HTTP/2 host has refused the request without processing it.
    Lost(Error),
}

/// Starts HTTP/1.1 on a stream. Returns the sender of its requests.
pub(crate) async fn open(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Result<RequestSender, Error> {
    let (sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| Error::new(ErrorKind::Connect, "the connection cannot be used").with_source(error))?;
    // The spawned task drives the connection. Its result is not needed, because a caller that waits for a response gets
    // the error of the connection.
    tokio::spawn(connection);
    Ok(sender)
}

/// Sends a request that was prepared by [`address`], and waits for the head of the response.
// This is not an `async fn`, so that the returned future does not store the request. The request is passed to hyper
// before this future is made.
pub(crate) fn send(
    sender: &mut RequestSender,
    request: Request<Body>,
) -> impl Future<Output = Result<Response<Incoming>, SendFailure>> {
    let sending = sender.try_send_request(request);
    async { sending.await.map_err(failure) }
}

/// Prepares a request for HTTP/1.1. The request target gets only the path and query. The host is put into a header.
pub(crate) fn address(request: &mut Request<Body>, host: Option<&HeaderValue>) {
    *request.version_mut() = Version::HTTP_11;
    let target = std::mem::take(request.uri_mut()).into_parts().path_and_query;
    *request.uri_mut() = target.map_or_else(Uri::default, Uri::from);
    if let Some(host) = host {
        request.headers_mut().insert(header::HOST, host.clone());
    }
}

/// Decides whether a failed request was certainly not sent. hyper takes a request out of its queue and writes it in one
/// step. When the connection ends, hyper returns a request that is still in the queue. So no byte of a returned request
/// was written.
pub(crate) fn failure(mut error: TrySendError<Request<Body>>) -> SendFailure {
    match error.take_message() {
        Some(request) => SendFailure::Unsent(Box::new(request), error.into_error()),
        None => SendFailure::Lost(lost(error.into_error())),
    }
}

impl SendFailure {
    /// Returns the error for a caller that cannot send the request over another connection.
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

/// Returns the error of a request that may have been sent. If the body of the request has failed, such as a file that
/// changed while it was sent, returns the error of the body.
fn lost(error: hyper::Error) -> Error {
    let body = std::error::Error::source(&error).and_then(|source| source.downcast_ref::<Error>());
    match body.map(|body| (body.kind(), body.to_string())) {
        Some((kind, what)) => Error::new(kind, what).with_source(error),
        None => interrupted(error),
    }
}

fn interrupted(error: hyper::Error) -> Error {
    Error::new(ErrorKind::Interrupted, "the connection broke before the response arrived").with_source(error)
}

//! HTTP/2: one connection that all calls to an origin share. Downloads do not use HTTP/2.

use std::{
    error::Error as StdError,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use http::{
    Request, Response, Uri, Version, header,
    uri::{Authority, Scheme},
};
use hyper::{body::Incoming, client::conn::http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::{Mutex as Queue, MutexGuard as QueueGuard},
    time::Instant,
};

use crate::{
    error::{Error, ErrorKind},
    exchange::{
        Body,
        connection::{self, SendFailure},
    },
};

/// Time between pings that check the host while requests are in flight.
const PING: Duration = Duration::from_secs(20);

/// Sends many requests at the same time over one connection. When all clones of the sender are dropped, the connection
/// closes after the requests in flight have got their responses.
pub(crate) type Http2Sender = http2::SendRequest<Body>;

/// The connection that all calls to one origin share, and its state.
#[derive(Default)]
pub(crate) struct Shared {
    /// Lock of the request that makes the connection. Other requests that need the connection wait for this lock.
    queue: Queue<()>,
    state: Mutex<State>,
}

#[derive(Default)]
enum State {
    #[default]
    Unknown,
    /// The host speaks only HTTP/1.1.
    Refused,
    Open {
        sender: Http2Sender,
        used: Instant,
    },
}

/// Connection that a request has to use.
pub(crate) enum StreamSlot<'a> {
    /// The open connection that all calls share.
    Shared(Http2Sender),
    /// A connection only for this request, because the host does not speak HTTP/2.
    Alone,
    /// No connection yet: this request has to make the shared connection first.
    Connect(Connecting<'a>),
}

/// Exclusive right to make the shared connection.
pub(crate) struct Connecting<'a> {
    shared: &'a Shared,
    _first: QueueGuard<'a, ()>,
}

impl Shared {
    pub(crate) async fn slot(&self) -> StreamSlot<'_> {
        if let Some(known) = self.known() {
            return known;
        }
        let first = self.queue.lock().await;
        self.known().unwrap_or(StreamSlot::Connect(Connecting { shared: self, _first: first }))
    }

    fn known(&self) -> Option<StreamSlot<'_>> {
        match &mut *self.state() {
            State::Refused => Some(StreamSlot::Alone),
            State::Open { sender, used } if !sender.is_closed() => {
                *used = Instant::now();
                Some(StreamSlot::Shared(sender.clone()))
            }
            State::Unknown | State::Open { .. } => None,
        }
    }

    /// Drops the shared connection if no request began on it for the time `idle`, or if it is closed.
    pub(crate) fn expire(&self, idle: Duration) {
        let mut state = self.state();
        if matches!(&*state, State::Open { sender, used } if used.elapsed() >= idle || sender.is_closed()) {
            *state = State::Unknown;
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        matches!(&*self.state(), State::Open { .. })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connecting<'_> {
    pub(crate) fn opened(self, sender: &Http2Sender) {
        *self.shared.state() = State::Open { sender: sender.clone(), used: Instant::now() };
    }

    pub(crate) fn refused(self) {
        *self.shared.state() = State::Refused;
    }
}

/// Starts HTTP/2 on a stream. Returns the sender of its requests.
pub(crate) async fn open(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Result<Http2Sender, Error> {
    let (sender, connection) = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|error| Error::new(ErrorKind::Connect, "the connection cannot be used").with_source(error))?;
    tokio::spawn(connection);
    Ok(sender)
}

/// Sends a request that was prepared by [`address`], and waits for the head of the response.
pub(crate) async fn send(sender: &mut Http2Sender, request: Request<Body>) -> Result<Response<Incoming>, SendFailure> {
    sender.try_send_request(request).await.map_err(|error| match connection::failure(error) {
        // If a host refuses an HTTP/2 stream, it guarantees that it has not processed the request. So the request
        // counts as not sent.
        SendFailure::Lost(error) if is_refused(&error) => SendFailure::Lost(
            Error::new(ErrorKind::Unsent, "the host refused the request without processing it").with_source(error),
        ),
        failure => failure,
    })
}

fn is_refused(error: &Error) -> bool {
    let causes = std::iter::successors(StdError::source(error), |&cause| cause.source());
    let mut resets = causes.filter_map(|cause| cause.downcast_ref::<h2::Error>());
    resets.any(|error| error.is_remote() && error.reason() == Some(h2::Reason::REFUSED_STREAM))
}

/// Prepares a request for HTTP/2: puts the scheme and the host into the request target.
pub(crate) fn address(request: &mut Request<Body>, scheme: Scheme, authority: Authority) {
    *request.version_mut() = Version::HTTP_2;
    request.headers_mut().remove(header::HOST);
    let mut parts = std::mem::take(request.uri_mut()).into_parts();
    parts.scheme = Some(scheme);
    parts.authority = Some(authority);
    *request.uri_mut() = Uri::from_parts(parts).unwrap_or_default();
}

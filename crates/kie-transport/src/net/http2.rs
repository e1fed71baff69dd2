//! HTTP/2: one connection, which all requests to an origin share.

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

/// Sends many requests at once over one connection. When all clones are dropped, the connection closes after the
/// exchanges in flight.
pub(crate) type Http2Sender = http2::SendRequest<Body>;

/// State of the shared connection to an origin.
#[derive(Default)]
pub(crate) struct Shared {
    /// The first request that finds no connection makes one, while the others wait for this lock.
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
    /// The open connection.
    Shared(Http2Sender),
    /// A connection of its own, because the host does not speak HTTP/2.
    Alone,
    /// A connection that this request has to make first.
    Connect(Connecting<'a>),
}

/// Exclusive right to make the connection.
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

    /// Drops a connection that was not used for the time `idle`.
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

/// Starts HTTP/2 on a stream.
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
        // A host refuses a stream only if it has not processed it at all.
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

/// Prepares a request for a shared connection: scheme and host go into the request target.
pub(crate) fn address(request: &mut Request<Body>, scheme: Scheme, authority: Authority) {
    *request.version_mut() = Version::HTTP_2;
    request.headers_mut().remove(header::HOST);
    let mut parts = std::mem::take(request.uri_mut()).into_parts();
    parts.scheme = Some(scheme);
    parts.authority = Some(authority);
    *request.uri_mut() = Uri::from_parts(parts).unwrap_or_default();
}

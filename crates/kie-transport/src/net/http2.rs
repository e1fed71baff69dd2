//! HTTP/2: one connection, shared by all requests to an origin.

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
    sync::{Mutex as Queue, MutexGuard as First},
    time::Instant,
};

use crate::{
    error::{Error, ErrorKind},
    exchange::{
        Body,
        connection::{self, SendFailure},
    },
};

/// While requests are under way, the host is asked this often whether it is still there.
const PING: Duration = Duration::from_secs(20);

/// Sends requests over one connection, many at once. When all clones are dropped, the connection ends after the
/// exchanges that are under way.
pub(crate) type Http2Sender = http2::SendRequest<Body>;

/// What is known of an origin, and its connection.
#[derive(Default)]
pub(crate) struct Shared {
    /// Who finds no connection makes it while the others wait.
    queue: Queue<()>,
    state: Mutex<State>,
}

#[derive(Default)]
enum State {
    #[default]
    Unknown,
    /// The host speaks HTTP/1.1 only.
    Refused,
    Open {
        sender: Http2Sender,
        used: Instant,
    },
}

/// How a request goes on.
pub(crate) enum StreamSlot<'a> {
    /// Over the connection that is there.
    Shared(Http2Sender),
    /// Over a connection of its own, since the host knows no other.
    Alone,
    /// Over the connection that it has to make first.
    Connect(Connecting<'a>),
}

/// The right to make the connection.
pub(crate) struct Connecting<'a> {
    shared: &'a Shared,
    _first: First<'a, ()>,
}

impl Shared {
    pub(crate) async fn turn(&self) -> StreamSlot<'_> {
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

    /// Lets go of a connection that nobody has used for so long.
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

/// Begins HTTP/2 on a stream.
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

/// Sends a request that is [addressed](address), and waits for the head of its answer.
pub(crate) async fn send(sender: &mut Http2Sender, request: Request<Body>) -> Result<Response<Incoming>, SendFailure> {
    sender.try_send_request(request).await.map_err(|error| match connection::failure(error) {
        // A host refuses a stream only if it has done nothing for it.
        SendFailure::Lost(error) if is_refused(&error) => SendFailure::Lost(
            Error::new(ErrorKind::Unsent, "the host refused the request before it looked at it").with_source(error),
        ),
        failure => failure,
    })
}

fn is_refused(error: &Error) -> bool {
    let causes = std::iter::successors(StdError::source(error), |&cause| cause.source());
    let mut resets = causes.filter_map(|cause| cause.downcast_ref::<h2::Error>());
    resets.any(|error| error.is_remote() && error.reason() == Some(h2::Reason::REFUSED_STREAM))
}

/// Over a shared connection a request names scheme and host in its target.
pub(crate) fn address(request: &mut Request<Body>, scheme: Scheme, authority: Authority) {
    *request.version_mut() = Version::HTTP_2;
    request.headers_mut().remove(header::HOST);
    let mut parts = std::mem::take(request.uri_mut()).into_parts();
    parts.scheme = Some(scheme);
    parts.authority = Some(authority);
    *request.uri_mut() = Uri::from_parts(parts).unwrap_or_default();
}

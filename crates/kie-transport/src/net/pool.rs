//! A pool of connections. Connections are made when they are needed, and kept for later requests.
//!
//! hyper-util has a pool in its legacy client. This crate has its own pool for these reasons:
//!
//! - **Money.** If hyper has not begun to write a request, hyper returns the request. The legacy client retries or
//!   drops a returned request. Its error only tells whether connecting failed, so a caller cannot know if any byte was
//!   sent. In this pool, a returned request is a [`SendFailure::Unsent`], and even a call that costs money is sent
//!   again. Every other failure is a [`SendFailure::Lost`]. A call that costs money is then not sent again, unless an
//!   HTTP/2 host states that it has not processed the request.
//! - **Number of connections.** Each host has a maximum number of open connections. Requests wait for a permit in
//!   order, and the connect timeout includes this wait. The legacy client limits only idle connections. While it waits
//!   for a connection to become idle, it also starts a new connection. This pool first waits a short time for the
//!   connection of the last call to become ready, so sequential calls need only one connection.
//! - **A choice of HTTP/2 for each request.** One pool is used for calls and for downloads. Calls ask for a shared
//!   connection, and each download asks for its own connection. The legacy client refuses a request for HTTP/2 if the
//!   host speaks only HTTP/1.1.
//! - **A connect timeout for each request**, the [`ConnectTimeout`]. The legacy client has one timeout for all
//!   requests, in its connector.
//! - **Time and memory.** If the response arrives in one piece, a request on a kept connection takes three short locks
//!   of the pool, and the one allocation that [`HttpService`] requires. The pool hashes no address, and spawns no task
//!   to return the connection. `cargo xtask bench` measures the legacy client under the name `pool`, and the whole SDK
//!   under the name `facade`.

use std::{
    fmt,
    future::ready,
    pin::Pin,
    sync::{Arc, Weak},
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::{
    sync::OwnedSemaphorePermit,
    task::yield_now,
    time::{Instant, timeout},
};

#[cfg(feature = "http2")]
use crate::net::http2::{self, StreamSlot};
use crate::{
    error::{Error, ErrorKind},
    exchange::{
        Body, ConnectTimeout, HttpFuture, HttpService, Reach,
        connection::{self, RequestSender, SendFailure},
    },
    net::{connector::Connector, idle::IdleConnections, network::Network, origin::Origin, proxy::ProxyRoute},
};

/// Number of kept connections that one request tries. If all are closed, HTTP/1.1 makes a new connection, and HTTP/2
/// gives up.
const STALE: usize = 3;
/// Idle time after which the host may have closed a connection, although this thread does not know it yet. The pool
/// yields to the runtime once before it uses such a connection, so that the runtime can notice the close.
const YIELD_AFTER: Duration = Duration::from_millis(100);
/// Longest idle time of a kept connection for a request that must not be repeated. Hosts close connections that were
/// idle for some seconds. If the host closes the connection while such a request is on its way, it is unknown whether
/// the host has processed the request. So the request gets a new connection, if the kept one was idle for longer.
const RESTED: Duration = Duration::from_secs(1);
/// Maximum time that the pool waits until a kept connection is ready for the next request, after its last response was
/// read.
const SETTLING: Duration = Duration::from_millis(50);

/// A pool of connections to any number of hosts: HTTP/1.1 over TCP, with TLS for https addresses.
///
/// A connection carries one request at a time. When the response has been read completely, the connection is kept for
/// later requests. If the response is dropped earlier, the connection is closed. If a kept connection turns out to be
/// closed before any byte of the request was written, the request is sent over another connection.
///
/// A request that must not be repeated, such as a `POST`, gets a new connection if the kept connection was idle for
/// more than one second. So a host that closes idle connections after some seconds cannot cut off the request. Two
/// cases remain in which a close by the host and a request can cross: a host that closes connections within the first
/// second after a response, and a shared HTTP/2 connection.
///
/// With the feature `http2`, the calls of a [`Transport`](crate::Transport) share one connection to each host that
/// speaks HTTP/2.
///
/// When a pool is dropped, its connections are closed after the current responses have been read.
pub struct Pool {
    connector: Connector,
    idle: Arc<IdleConnections>,
    connect: Duration,
}

impl Pool {
    /// Returns a pool. `connect` is the maximum time until a request has a connection, with the wait for a free
    /// connection and the TLS handshake.
    ///
    /// The pool uses the proxy of the environment variables for https addresses, and trusts the root certificates of
    /// the platform.
    pub fn new(connect: Duration) -> Self {
        Self::of(Network::default(), connect)
    }

    pub(crate) fn of(network: Network, connect: Duration) -> Self {
        let Network { trust, route, keep, lookup } = network;
        let route = route.unwrap_or_else(ProxyRoute::of_process);
        Self { connector: Connector::new(trust, route, lookup), idle: Arc::new(IdleConnections::new(keep)), connect }
    }

    /// Sends a request over a connection that no other request uses at the same time.
    // This is not an `async fn`, because the future of an `async fn` would store the arguments twice.
    fn send_alone(
        &self,
        origin: Arc<Origin>,
        mut request: Request<Body>,
        mut limit: Duration,
        mut fresh: Option<RequestSender>,
    ) -> impl Future<Output = Result<Response<Body>, Error>> + Send {
        connection::address(&mut request, Some(&origin.host));
        async move {
            let permit = match origin.permits.clone().try_acquire_owned() {
                Ok(permit) => permit,
                Err(_) => {
                    let begun = Instant::now();
                    let permit = within(limit, origin.acquire()).await?;
                    limit = limit.saturating_sub(begun.elapsed());
                    permit
                }
            };
            let mut stale = if fresh.is_some() { 0 } else { STALE };
            let rested = if request.method().is_idempotent() { Duration::MAX } else { RESTED };
            loop {
                let kept = if stale > 0 { self.take_idle(&origin, rested).await } else { None };
                let is_kept = kept.is_some();
                let mut sender = match kept.or(fresh.take()) {
                    Some(sender) => sender,
                    None => within(limit, self.open(&origin)).await?,
                };
                match connection::send(&mut sender, request).await {
                    Ok(response) => return Ok(self.answered(origin, sender, permit, response)),
                    Err(SendFailure::Unsent(returned, _)) if is_kept => {
                        request = *returned;
                        stale -= 1;
                    }
                    Err(failure) => return Err(failure.into_error()),
                }
            }
        }
    }

    async fn open(&self, origin: &Origin) -> Result<RequestSender, Error> {
        connection::open(self.connector.connect(origin, &["http/1.1"]).await?.stream).await
    }

    /// Returns a kept connection that is open and ready, and was not idle for longer than `rested`. `None` if there is
    /// no such connection.
    async fn take_idle(&self, origin: &Arc<Origin>, rested: Duration) -> Option<RequestSender> {
        while let Some((mut sender, idle_time)) = self.idle.take(origin, rested) {
            if idle_time > YIELD_AFTER {
                yield_now().await;
            }
            // Immediately after a response, the task that drives the connection may need a short time until it is ready
            // for the next request.
            if sender.is_ready() || matches!(timeout(SETTLING, sender.ready()).await, Ok(Ok(()))) {
                return Some(sender);
            }
        }
        None
    }

    /// Keeps the connection for later requests. If the response is complete, the connection is kept immediately. If it
    /// is not, the connection is kept when the caller has read the whole response.
    fn answered(
        &self,
        origin: Arc<Origin>,
        sender: RequestSender,
        permit: OwnedSemaphorePermit,
        response: Response<Incoming>,
    ) -> Response<Body> {
        if sender.is_ready() || response.body().is_end_stream() {
            self.idle.put(&origin, sender);
            return response.map(Body::from);
        }
        let lease = Lease { idle: Arc::downgrade(&self.idle), origin, sender, _permit: permit };
        response.map(|body| Body::streaming(Leased { body: body.into(), lease: Some(lease) }))
    }

    /// Sends a request over the connection that all calls to its origin share. If the host does not speak HTTP/2, uses
    /// a connection only for this request.
    #[cfg(feature = "http2")]
    async fn send_shared(
        &self,
        origin: Arc<Origin>,
        mut request: Request<Body>,
        limit: Duration,
    ) -> Result<Response<Body>, Error> {
        http2::address(&mut request, origin.scheme(), origin.authority.clone());
        for _ in 0..STALE {
            let (mut sender, is_fresh) = match within(limit, self.shared(&origin)).await? {
                Route::Shared(sender) => (sender, false),
                Route::Fresh(sender) => (sender, true),
                Route::Alone(fresh) => return self.send_alone(origin, request, limit, fresh).await,
            };
            match http2::send(&mut sender, request).await {
                Ok(response) => return Ok(response.map(Body::from)),
                Err(SendFailure::Unsent(returned, _)) if !is_fresh => request = *returned,
                Err(failure) => return Err(failure.into_error()),
            }
        }
        Err(Error::new(ErrorKind::Unsent, "the host closes its connections before anything can be sent"))
    }

    #[cfg(feature = "http2")]
    async fn shared(&self, origin: &Origin) -> Result<Route, Error> {
        let first = match origin.shared.slot().await {
            StreamSlot::Shared(sender) => return Ok(Route::Shared(sender)),
            StreamSlot::Alone => return Ok(Route::Alone(None)),
            StreamSlot::Connect(first) => first,
        };
        let connected = self.connector.connect(origin, &["h2", "http/1.1"]).await?;
        if !connected.is_http2 {
            first.refused();
            return Ok(Route::Alone(Some(connection::open(connected.stream).await?)));
        }
        let sender = http2::open(connected.stream).await?;
        first.opened(&sender);
        self.idle.watch();
        Ok(Route::Fresh(sender))
    }
}

/// Connection for a request that may share its connection. `Shared` was open already, and `Fresh` was just opened.
#[cfg(feature = "http2")]
enum Route {
    Shared(http2::Http2Sender),
    Fresh(http2::Http2Sender),
    /// A connection only for this request. `None` if the connection has to be taken or made first.
    Alone(Option<RequestSender>),
}

/// Limits the time for connecting or for waiting for a connection. No byte of the request has been sent yet.
async fn within<T>(limit: Duration, connecting: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let late = |_| Err(Error::new(ErrorKind::Connect, "the connection took too long"));
    // Boxes the future, because it is large and rarely needed. The future of a request on a kept connection is then
    // smaller.
    timeout(limit, Box::pin(connecting)).await.unwrap_or_else(late)
}

impl HttpService for Pool {
    fn call(&self, request: Request<Body>) -> HttpFuture<'_> {
        let reach = request.extensions().get::<Reach>().copied();
        let origin = match self.idle.origin(request.uri(), reach) {
            Ok(origin) => origin,
            Err(error) => return Box::pin(ready(Err(error))),
        };
        let limit = request.extensions().get::<ConnectTimeout>().map_or(self.connect, |timeout| timeout.0);
        #[cfg(feature = "http2")]
        if origin.tls && request.extensions().get::<crate::exchange::MayShare>().is_some() {
            return Box::pin(self.send_shared(origin, request, limit));
        }
        Box::pin(self.send_alone(origin, request, limit, None))
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pool")
    }
}

/// A connection whose response is still being read.
struct Lease {
    idle: Weak<IdleConnections>,
    origin: Arc<Origin>,
    sender: RequestSender,
    /// Permit of the request. It is dropped only after the connection is idle again, so that the next request that gets
    /// this permit finds the connection.
    _permit: OwnedSemaphorePermit,
}

impl Lease {
    fn end(self) {
        if let Some(idle) = self.idle.upgrade() {
            idle.put(&self.origin, self.sender);
        }
    }
}

/// A response body that is still arriving. If the body is dropped before its end, the connection is closed.
struct Leased {
    body: Body,
    lease: Option<Lease>,
}

impl http_body::Body for Leased {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(cx);
        let is_over = match &polled {
            Poll::Pending => false,
            Poll::Ready(None) => true,
            Poll::Ready(Some(Ok(_))) => self.body.is_end_stream(),
            Poll::Ready(Some(Err(_))) => {
                self.lease = None;
                false
            }
        };
        if let Some(lease) = self.lease.take_if(|_| is_over) {
            lease.end();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
        time::sleep,
    };

    use super::*;

    /// Starts a server that responds once to each piece of data. Returns its address, and a receiver of events: "begun"
    /// when a connection begins, and "ended" when a connection ends.
    async fn server() -> (String, tokio::sync::mpsc::UnboundedReceiver<&'static str>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let (sender, events) = tokio::sync::mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let sender = sender.clone();
                sender.send("begun").unwrap();
                tokio::spawn(async move {
                    while stream.read(&mut [0; 4096]).await.is_ok_and(|read| read > 0) {
                        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await.unwrap();
                    }
                    sender.send("ended").unwrap();
                });
            }
        });
        (address, events)
    }

    async fn get(pool: &Pool, address: &str) {
        let response = pool.call(http::Request::get(address).body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.into_body().whole(2, Duration::from_secs(5)).await.unwrap(), "ok");
    }

    fn pool_with_idle_time(idle: Duration) -> Pool {
        let mut network = Network { route: Some(ProxyRoute::Direct), ..Network::default() };
        network.keep.idle = idle;
        Pool::of(network, Duration::from_secs(5))
    }

    #[tokio::test]
    async fn an_idle_connection_is_closed_without_another_call() {
        let (address, mut events) = server().await;
        let pool = pool_with_idle_time(Duration::from_millis(50));
        get(&pool, &address).await;
        assert_eq!(events.recv().await, Some("begun"));
        assert_eq!(timeout(Duration::from_secs(10), events.recv()).await, Ok(Some("ended")));
        get(&pool, &address).await;
        assert_eq!(events.recv().await, Some("begun"));
    }

    #[tokio::test]
    async fn dropping_a_pool_closes_its_connections() {
        let (address, mut events) = server().await;
        let pool = pool_with_idle_time(Duration::from_secs(3600));
        get(&pool, &address).await;
        assert_eq!(events.recv().await, Some("begun"));
        drop(pool);
        assert_eq!(timeout(Duration::from_secs(10), events.recv()).await, Ok(Some("ended")));
    }

    #[tokio::test]
    async fn unused_hosts_are_removed() {
        let pool = pool_with_idle_time(Duration::from_millis(50));
        for _ in 0..3 {
            let (address, mut events) = server().await;
            get(&pool, &address).await;
            while timeout(Duration::from_secs(10), events.recv()).await != Ok(Some("ended")) {}
        }
        sleep(Duration::from_millis(1)).await;
        let uri = "http://127.0.0.1:1".parse().unwrap();
        let origin = pool.idle.origin(&uri, None).unwrap();
        assert_eq!(pool.idle.origins(), 1);
        drop(origin);
    }
}

//! The network: connections that are made when needed, and kept.
//!
//! hyper-util has a pool in its legacy client. This one is our own for the following.
//!
//! - **Money.** hyper hands a request back that it has not begun to write. The legacy client sends it again over another
//!   connection or drops it; its error tells a failure to connect from all others, and no more. Here it is a
//!   [`SendFailure::Unsent`], after which even a call that costs money is sent again, and everything else is a
//!   [`SendFailure::Lost`], after which that one never is.
//! - **Numbers of connections.** A host has a number of places, taken in order, and the wait for one is part of
//!   connecting. The legacy client bounds only the connections at rest. It also begins a new one whenever it waits for one
//!   to come back; here the one before gets a moment to settle, so that calls in sequence need exactly one.
//! - **HTTP/2 for each request.** Calls ask for a shared connection and downloads for one of their own, from one pool.
//!   The legacy client refuses a request for HTTP/2 whose host turns out to speak HTTP/1.1.
//! - **A clock for each request**, the [`ConnectTimeout`], where the legacy client has one for its connector.
//! - **Cost.** A request on a kept connection takes three short locks and the one box that the seam asks for. It hashes
//!   no address, and no task is begun to give the connection back. `cargo xtask bench` counts the legacy client as `pool`
//!   beside the whole SDK as `facade`.

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
        Body, ConnectTimeout, HttpFuture, HttpService,
        connection::{self, RequestSender, SendFailure},
    },
    net::{connector::Connector, idle::IdleConnections, network::Network, origin::Origin, proxy::ProxyRoute},
};

/// How many connections that turn out to be closed are tried before a new one is made.
const STALE: usize = 3;
/// After a rest this long a connection may have been closed while this thread was busy, and the runtime is let find
/// that out first.
const RESTED: Duration = Duration::from_millis(100);
/// How long a connection whose answer has been read may take until it is ready for more.
const SETTLING: Duration = Duration::from_millis(50);

/// Connections to any number of hosts, kept and used again: HTTP/1.1 over TCP, and TLS where the address says https.
///
/// A connection serves one request after another. It goes back when the answer has been read to its end, and is closed
/// if that never happens. A request that finds its kept connection closed before any of it was written moves to
/// another. With the feature `http2`, requests whose version is HTTP/2 share one connection to each host that speaks it.
///
/// When a pool is dropped, its connections are closed once the answers under way have been read.
pub struct Pool {
    connector: Connector,
    kept: Arc<IdleConnections>,
    connect: Duration,
}

impl Pool {
    /// A pool whose connections, TLS handshake included, may take as long as `connect` to make.
    ///
    /// It goes through the proxy that the environment names for https addresses, and trusts whom the platform trusts.
    pub fn new(connect: Duration) -> Self {
        Self::of(Network::default(), connect)
    }

    pub(crate) fn of(network: Network, connect: Duration) -> Self {
        let Network { trust, way, keep } = network;
        let way = way.unwrap_or_else(ProxyRoute::of_process);
        Self { connector: Connector::new(trust, way), kept: Arc::new(IdleConnections::new(keep)), connect }
    }

    /// Sends a request over a connection that it has for itself.
    // What is moved into a block is not stored twice, as the arguments of an async function are.
    fn take_turns(
        &self,
        origin: Arc<Origin>,
        mut request: Request<Body>,
        mut limit: Duration,
        mut fresh: Option<RequestSender>,
    ) -> impl Future<Output = Result<Response<Body>, Error>> + Send {
        connection::address(&mut request, Some(&origin.host));
        async move {
            let place = match origin.places.clone().try_acquire_owned() {
                Ok(place) => place,
                Err(_) => {
                    let begun = Instant::now();
                    let place = within(limit, origin.place()).await?;
                    limit = limit.saturating_sub(begun.elapsed());
                    place
                }
            };
            let mut stale = if fresh.is_some() { 0 } else { STALE };
            loop {
                let kept = if stale > 0 { self.rested(&origin).await } else { None };
                let is_kept = kept.is_some();
                let mut sender = match kept.or(fresh.take()) {
                    Some(sender) => sender,
                    None => within(limit, self.open(&origin)).await?,
                };
                match connection::send(&mut sender, request).await {
                    Ok(response) => return Ok(self.answered(origin, sender, place, response)),
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

    /// A kept connection that can be used.
    async fn rested(&self, origin: &Arc<Origin>) -> Option<RequestSender> {
        while let Some((mut sender, rested)) = self.kept.take(origin) {
            if rested > RESTED {
                yield_now().await;
            }
            // Right after an answer the other thread, which read it, may still be about to be ready.
            if sender.is_ready() || matches!(timeout(SETTLING, sender.ready()).await, Ok(Ok(()))) {
                return Some(sender);
            }
        }
        None
    }

    /// Keeps the connection now if the answer has come whole, else when it has been read to its end.
    fn answered(
        &self,
        origin: Arc<Origin>,
        sender: RequestSender,
        place: OwnedSemaphorePermit,
        response: Response<Incoming>,
    ) -> Response<Body> {
        if sender.is_ready() || response.body().is_end_stream() {
            self.kept.put(&origin, sender);
            return response.map(Body::from);
        }
        let lease = Lease { kept: Arc::downgrade(&self.kept), origin, sender, _place: place };
        response.map(|body| Body::streaming(Leased { body: body.into(), lease: Some(lease) }))
    }

    /// Sends a request over the connection that all requests to its origin share, if the host agrees to that.
    #[cfg(feature = "http2")]
    async fn share(
        &self,
        origin: Arc<Origin>,
        mut request: Request<Body>,
        limit: Duration,
    ) -> Result<Response<Body>, Error> {
        http2::address(&mut request, origin.scheme(), origin.authority.clone());
        for _ in 0..STALE {
            let (mut sender, is_fresh) = match within(limit, self.shared(&origin)).await? {
                Over::Shared(sender) => (sender, false),
                Over::Fresh(sender) => (sender, true),
                Over::Alone(fresh) => return self.take_turns(origin, request, limit, fresh).await,
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
    async fn shared(&self, origin: &Origin) -> Result<Over, Error> {
        let first = match origin.shared.turn().await {
            StreamSlot::Shared(sender) => return Ok(Over::Shared(sender)),
            StreamSlot::Alone => return Ok(Over::Alone(None)),
            StreamSlot::Connect(first) => first,
        };
        let connected = self.connector.connect(origin, &["h2", "http/1.1"]).await?;
        if !connected.is_http2 {
            first.refused();
            return Ok(Over::Alone(Some(connection::open(connected.stream).await?)));
        }
        let sender = http2::open(connected.stream).await?;
        first.opened(&sender);
        self.kept.watch();
        Ok(Over::Fresh(sender))
    }
}

/// What a request that could share a connection goes over.
#[cfg(feature = "http2")]
enum Over {
    Shared(http2::Http2Sender),
    Fresh(http2::Http2Sender),
    /// A connection of its own, which may have been made already.
    Alone(Option<RequestSender>),
}

/// Bounds what happens before anything is sent.
async fn within<T>(limit: Duration, connecting: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let late = |_| Err(Error::new(ErrorKind::Connect, "the connection took too long"));
    // It is rare and takes much room, which an exchange on a kept connection need not set aside.
    timeout(limit, Box::pin(connecting)).await.unwrap_or_else(late)
}

impl HttpService for Pool {
    fn call(&self, request: Request<Body>) -> HttpFuture<'_> {
        let origin = match self.kept.origin(request.uri()) {
            Ok(origin) => origin,
            Err(error) => return Box::pin(ready(Err(error))),
        };
        let limit = request.extensions().get::<ConnectTimeout>().map_or(self.connect, |clock| clock.0);
        #[cfg(feature = "http2")]
        if origin.tls && request.extensions().get::<crate::exchange::MayShare>().is_some() {
            return Box::pin(self.share(origin, request, limit));
        }
        Box::pin(self.take_turns(origin, request, limit, None))
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pool")
    }
}

/// A connection that is in use.
struct Lease {
    kept: Weak<IdleConnections>,
    origin: Arc<Origin>,
    sender: RequestSender,
    /// Given up last, so that whoever gets it finds the connection.
    _place: OwnedSemaphorePermit,
}

impl Lease {
    fn end(self) {
        if let Some(kept) = self.kept.upgrade() {
            kept.put(&self.origin, self.sender);
        }
    }
}

/// An answer that is still coming. Where it is dropped before its end, so is the connection.
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

    /// A server that answers every read, and says when a connection has ended.
    async fn server() -> (String, tokio::sync::mpsc::UnboundedReceiver<&'static str>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let (says, said) = tokio::sync::mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let says = says.clone();
                says.send("begun").unwrap();
                tokio::spawn(async move {
                    while stream.read(&mut [0; 4096]).await.is_ok_and(|read| read > 0) {
                        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await.unwrap();
                    }
                    says.send("ended").unwrap();
                });
            }
        });
        (address, said)
    }

    async fn get(pool: &Pool, address: &str) {
        let response = pool.call(http::Request::get(address).body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.into_body().whole(2, Duration::from_secs(5)).await.unwrap(), "ok");
    }

    fn resting(idle: Duration) -> Pool {
        let mut network = Network { way: Some(ProxyRoute::Direct), ..Network::default() };
        network.keep.idle = idle;
        Pool::of(network, Duration::from_secs(5))
    }

    #[tokio::test]
    async fn a_connection_at_rest_is_closed_without_another_call() {
        let (address, mut said) = server().await;
        let pool = resting(Duration::from_millis(50));
        get(&pool, &address).await;
        assert_eq!(said.recv().await, Some("begun"));
        assert_eq!(timeout(Duration::from_secs(10), said.recv()).await, Ok(Some("ended")));
        get(&pool, &address).await;
        assert_eq!(said.recv().await, Some("begun"));
    }

    #[tokio::test]
    async fn the_end_of_a_pool_is_the_end_of_its_connections() {
        let (address, mut said) = server().await;
        let pool = resting(Duration::from_secs(3600));
        get(&pool, &address).await;
        assert_eq!(said.recv().await, Some("begun"));
        drop(pool);
        assert_eq!(timeout(Duration::from_secs(10), said.recv()).await, Ok(Some("ended")));
    }

    #[tokio::test]
    async fn hosts_that_nobody_uses_are_forgotten() {
        let pool = resting(Duration::from_millis(50));
        for _ in 0..3 {
            let (address, mut said) = server().await;
            get(&pool, &address).await;
            while timeout(Duration::from_secs(10), said.recv()).await != Ok(Some("ended")) {}
        }
        sleep(Duration::from_millis(1)).await;
        let uri = "http://127.0.0.1:1".parse().unwrap();
        let origin = pool.kept.origin(&uri).unwrap();
        assert_eq!(pool.kept.origins(), 1);
        drop(origin);
    }
}

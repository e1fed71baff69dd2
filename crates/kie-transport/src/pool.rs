//! The network: hyper's pooled client over TCP and TLS.

use std::{error::Error as StdError, fmt, time::Duration};

use http::Request;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};

use crate::{
    body::Body,
    connector::Connector,
    error::{Error, ErrorKind},
    service::{Exchange, HttpService},
};

/// Shorter than the minute or more that servers usually allow, so that a connection is rarely closed under a request.
const IDLE: Duration = Duration::from_secs(45);
/// Connections kept for later per host. More may be open at once.
const KEPT: usize = 32;

/// Connections to any number of hosts, kept and used again: HTTP/1.1 over TCP, and TLS where the address says https.
pub struct Pool(Client<Connector, Body>);

impl Pool {
    /// A pool whose connections, TLS handshake included, may take as long as `connect` to make.
    pub fn new(connect: Duration) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        tcp.enforce_http(false);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(KEPT)
            .build(Connector::new(tcp, connect));
        Self(client)
    }
}

impl HttpService for Pool {
    fn call(&self, request: Request<Body>) -> Exchange<'_> {
        let exchange = self.0.request(request);
        Box::pin(async move {
            match exchange.await {
                Ok(response) => Ok(response.map(Body::from)),
                Err(error) => Err(classified(error)),
            }
        })
    }
}

/// Finds out whether anything had left.
fn classified(error: hyper_util::client::legacy::Error) -> Error {
    if error.is_connect() {
        let ours = causes(&error).find_map(|cause| cause.downcast_ref::<Error>());
        let kind = ours.map_or(ErrorKind::Connect, Error::kind);
        return Error::new(kind, "there is no connection to the host").with_source(error);
    }
    // hyper cancels a request only when it hands it back without having begun to write it.
    if causes(&error).any(|cause| cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_canceled)) {
        return Error::new(ErrorKind::Unsent, "the connection closed before the request was sent").with_source(error);
    }
    Error::new(ErrorKind::Interrupted, "the connection broke before the answer came").with_source(error)
}

fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pool")
    }
}

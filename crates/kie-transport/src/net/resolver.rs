//! Resolves host names. For a download, leaves out addresses that a download must not reach.

use std::{
    error::Error as StdError,
    fmt, io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
    vec,
};

use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use tower_service::Service;

use crate::{
    error::{Error, ErrorKind},
    exchange::Reach,
};

/// Function that resolves a name. Tests replace it.
pub(crate) type Lookup = fn(Name) -> BoxFuture<io::Result<Vec<SocketAddr>>>;

type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Resolves a name with the resolver of the operating system.
pub(crate) fn system(name: Name) -> BoxFuture<io::Result<Vec<SocketAddr>>> {
    Box::pin(async move { Ok(GaiResolver::new().call(name).await?.collect()) })
}

/// Resolves names for the connections to one kind of hosts.
#[derive(Clone)]
pub(crate) struct Resolver {
    pub(crate) lookup: Lookup,
    /// Hosts that the connections may reach. `None` if they may reach every host, because the user chose the host.
    pub(crate) reach: Option<Reach>,
}

impl Service<Name> for Resolver {
    type Response = vec::IntoIter<SocketAddr>;
    type Error = Box<dyn StdError + Send + Sync>;
    type Future = BoxFuture<Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let (resolving, reach) = ((self.lookup)(name), self.reach);
        Box::pin(async move {
            let mut found = resolving.await?;
            let is_known = !found.is_empty();
            if let Some(reach) = reach {
                found.retain(|address| reach.includes(address.ip()));
            }
            if is_known && found.is_empty() { Err(NotPublic.into()) } else { Ok(found.into_iter()) }
        })
    }
}

/// All addresses of a name are addresses that a download must not reach.
#[derive(Debug)]
pub(crate) struct NotPublic;

impl fmt::Display for NotPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the host's name leads to an address of this machine or of a private network")
    }
}

impl StdError for NotPublic {}

impl From<NotPublic> for Error {
    fn from(cause: NotPublic) -> Self {
        let what = "downloads from private networks need the setting allow_private_downloads";
        Self::new(ErrorKind::Setup, what).with_source(cause)
    }
}

impl NotPublic {
    /// Returns `true` if this error is among the causes of `error`.
    pub(crate) fn is_cause_of(error: &(dyn StdError + 'static)) -> bool {
        std::iter::successors(Some(error), |&cause| cause.source()).any(<dyn StdError>::is::<Self>)
    }
}

#[cfg(test)]
mod tests {
    use std::{
        net::IpAddr,
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering::SeqCst},
        },
        time::Duration,
    };

    use http::{Request, StatusCode};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;
    use crate::{
        exchange::{Body, HttpService as _},
        net::{Network, Pool, ProxyRoute},
    };

    /// Resolves a name by its first label: `10-0-0-1.127-0-0-1.example` has the two addresses 10.0.0.1 and 127.0.0.1.
    fn written_in_the_name(name: Name) -> BoxFuture<io::Result<Vec<SocketAddr>>> {
        Box::pin(async move {
            let addresses = name.as_str().split('.').filter_map(|label| label.replace('-', ".").parse::<IpAddr>().ok());
            Ok(addresses.map(|address| SocketAddr::new(address, 0)).collect())
        })
    }

    fn pool(route: ProxyRoute) -> Pool {
        let network = Network { route: Some(route), lookup: written_in_the_name, ..Network::default() };
        Pool::of(network, Duration::from_secs(5))
    }

    /// Starts a server that answers each request with this head. Returns its port and the number of its connections.
    async fn server(head: &'static str) -> (u16, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, accepted) = (listener.local_addr().unwrap().port(), Arc::<AtomicUsize>::default());
        let counter = accepted.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                counter.fetch_add(1, SeqCst);
                tokio::spawn(async move {
                    while stream.read(&mut [0; 4096]).await.is_ok_and(|read| read > 0) {
                        stream.write_all(head.as_bytes()).await.unwrap();
                    }
                });
            }
        });
        (port, accepted)
    }

    async fn get(pool: &Pool, url: &str, reach: Option<Reach>) -> Result<StatusCode, ErrorKind> {
        let mut request = Request::get(url).body(Body::empty()).unwrap();
        reach.map(|reach| request.extensions_mut().insert(reach));
        pool.call(request).await.map(|response| response.status()).map_err(|error| error.kind())
    }

    #[tokio::test]
    async fn only_addresses_that_a_download_may_reach_are_used() {
        let name = "10-0-0-1.198-18-0-1.127-0-0-1.8-8-8-8.169-254-169-254.example";
        let of = async |reach| {
            let found = Resolver { lookup: written_in_the_name, reach }.call(name.parse().unwrap()).await;
            found.unwrap().map(|address| address.ip().to_string()).collect::<Vec<_>>()
        };
        let (loopback, private) = (Reach { loopback: true, private: false }, Reach { loopback: false, private: true });
        assert_eq!(of(Some(Reach::default())).await, ["198.18.0.1", "8.8.8.8"]);
        assert_eq!(of(Some(loopback)).await, ["198.18.0.1", "127.0.0.1", "8.8.8.8"]);
        assert_eq!(of(Some(private)).await.len(), 5);
        assert_eq!(of(None).await.len(), 5);
    }

    #[tokio::test]
    async fn a_public_name_with_a_private_address_gets_no_download() {
        let (port, accepted) = server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
        let (url, pool) = (format!("http://127-0-0-1.example:{port}/"), pool(ProxyRoute::Direct));
        // A call may reach every host that the user chose. Its connection is kept, and no download uses it.
        assert_eq!(get(&pool, &url, None).await, Ok(StatusCode::OK));
        assert_eq!(get(&pool, &url, Some(Reach::default())).await, Err(ErrorKind::Setup));
        assert_eq!(accepted.load(SeqCst), 1);
        for reach in [Reach { loopback: true, private: false }, Reach { loopback: false, private: true }] {
            assert_eq!(get(&pool, &url, Some(reach)).await, Ok(StatusCode::OK));
        }
        assert_eq!(accepted.load(SeqCst), 3, "no download uses the connection of a call");
        assert_eq!(get(&pool, &url, None).await, Ok(StatusCode::OK));
        assert_eq!(accepted.load(SeqCst), 3, "the call uses its own connection again");
        // A name without an address is a failure that may pass.
        assert_eq!(get(&pool, "http://unknown.example/", Some(Reach::default())).await, Err(ErrorKind::Connect));
    }

    #[tokio::test]
    async fn a_proxy_resolves_the_names_that_it_gets() {
        let url = "https://10-0-0-1.example/";
        let (port, accepted) = server("HTTP/1.1 502 Bad Gateway\r\n\r\n").await;
        let proxied = pool(ProxyRoute::through(&format!("http://127.0.0.1:{port}")).unwrap());
        assert_eq!(get(&proxied, url, Some(Reach::default())).await, Err(ErrorKind::Connect), "the proxy refuses");
        assert_eq!(accepted.load(SeqCst), 1);
        // For a SOCKS5 proxy, this machine resolves the name.
        let proxied = pool(ProxyRoute::through(&format!("socks5://127.0.0.1:{port}")).unwrap());
        assert_eq!(get(&proxied, url, Some(Reach::default())).await, Err(ErrorKind::Setup));
        assert_eq!(get(&proxied, url, None).await, Err(ErrorKind::Connect), "the answer is not that of SOCKS");
    }
}

//! Makes connections: opens TCP, uses a proxy if one is set, and does the TLS handshake if the address is https.

use std::time::Duration;

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tower_service::Service as _;

use crate::{
    error::{Error, ErrorKind},
    exchange::Reach,
    net::{
        origin::Origin,
        proxy::{Protocol, Proxy, ProxyRoute},
        resolver::{Lookup, NotPublic, Resolver},
        socks,
        tls::{Trust, server_name},
        tunnel,
    },
};

/// Time without data after which TCP keep-alive checks whether the host is still reachable.
const KEEP_ALIVE: Duration = Duration::from_secs(30);

/// A stream of bytes in both directions. It is used as `dyn Stream`: dynamic dispatch takes little time compared to a
/// system call.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

pub(crate) struct Connector {
    /// Opens connections to hosts that the user chose: hosts of calls, and proxies.
    tcp: HttpConnector<Resolver>,
    lookup: Lookup,
    trust: Trust,
    route: ProxyRoute,
}

/// A new connection, over which no request has been sent yet.
pub(crate) struct Connected {
    pub(crate) stream: Box<dyn Stream>,
    /// `true` if both sides agreed on HTTP/2.
    #[cfg(feature = "http2")]
    pub(crate) is_http2: bool,
}

impl Connector {
    pub(crate) fn new(trust: Trust, route: ProxyRoute, lookup: Lookup) -> Self {
        Self { tcp: tcp_connector(Resolver { lookup, reach: None }), lookup, trust, route }
    }

    /// Connects to an origin. `protocols` are the HTTP versions that the TLS handshake offers, such as `h2`.
    pub(crate) async fn connect(&self, origin: &Origin, protocols: &[&str]) -> Result<Connected, Error> {
        if origin.tls {
            server_name(origin.host())?;
        }
        let stream = match self.route.to(origin)? {
            None => Box::new(self.tcp(origin.host(), origin.port, origin.reach).await?),
            Some(proxy) => self.through(&proxy, origin).await?,
        };
        if !origin.tls {
            return Ok(Connected {
                stream,
                #[cfg(feature = "http2")]
                is_http2: false,
            });
        }
        let stream = self.trust.secure(stream, origin.host(), protocols).await?;
        Ok(Connected {
            #[cfg(feature = "http2")]
            is_http2: stream.get_ref().1.alpn_protocol() == Some(b"h2"),
            stream: Box::new(stream),
        })
    }

    async fn through(&self, proxy: &Proxy, origin: &Origin) -> Result<Box<dyn Stream>, Error> {
        let to_proxy =
            |error: Error| Error::new(error.kind(), "there is no connection to the proxy").with_source(error);
        let mut tcp = self.tcp(proxy.host(), proxy.port, None).await.map_err(to_proxy)?;
        let mut stream: Box<dyn Stream> = match proxy.protocol {
            Protocol::Http => Box::new(tcp),
            Protocol::Https => Box::new(self.trust.secure(tcp, proxy.host(), &["http/1.1"]).await.map_err(to_proxy)?),
            Protocol::Socks4 | Protocol::Socks4a | Protocol::Socks5 | Protocol::Socks5h => {
                let resolver = Resolver { lookup: self.lookup, reach: origin.reach };
                socks::open(&mut tcp, proxy, resolver, origin.host(), origin.port).await?;
                return Ok(Box::new(tcp));
            }
        };
        tunnel::open(&mut stream, origin.host(), origin.port, proxy.basic()).await?;
        Ok(stream)
    }

    async fn tcp(&self, host: &str, port: u16, reach: Option<Reach>) -> Result<TcpStream, Error> {
        let uri = Uri::builder().scheme("http").authority(format!("{host}:{port}")).path_and_query("/").build();
        let uri = uri.map_err(|error| Error::new(ErrorKind::Setup, "this is not a host").with_source(error))?;
        let mut tcp = match reach {
            None => self.tcp.clone(),
            reach => tcp_connector(Resolver { lookup: self.lookup, reach }),
        };
        match tcp.call(uri).await {
            Ok(stream) => Ok(stream.into_inner()),
            Err(error) if NotPublic::is_cause_of(&error) => Err(NotPublic.into()),
            Err(error) => Err(Error::new(ErrorKind::Connect, "there is no connection to the host").with_source(error)),
        }
    }
}

fn tcp_connector(resolver: Resolver) -> HttpConnector<Resolver> {
    let mut tcp = HttpConnector::new_with_resolver(resolver);
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_keepalive(Some(KEEP_ALIVE));
    tcp
}

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
    net::{
        origin::Origin,
        proxy::{Protocol, Proxy, ProxyRoute},
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
    tcp: HttpConnector,
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
    pub(crate) fn new(trust: Trust, route: ProxyRoute) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(KEEP_ALIVE));
        Self { tcp, trust, route }
    }

    /// Connects to an origin. `protocols` are the HTTP versions that the TLS handshake offers, such as `h2`.
    pub(crate) async fn connect(&self, origin: &Origin, protocols: &[&str]) -> Result<Connected, Error> {
        if origin.tls {
            server_name(origin.host())?;
        }
        let stream = match self.route.to(origin)? {
            None => Box::new(self.tcp(origin.host(), origin.port).await?),
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
        let mut tcp = self.tcp(proxy.host(), proxy.port).await.map_err(to_proxy)?;
        let mut stream: Box<dyn Stream> = match proxy.protocol {
            Protocol::Http => Box::new(tcp),
            Protocol::Https => Box::new(self.trust.secure(tcp, proxy.host(), &["http/1.1"]).await.map_err(to_proxy)?),
            Protocol::Socks4 | Protocol::Socks4a | Protocol::Socks5 | Protocol::Socks5h => {
                socks::open(&mut tcp, proxy, origin.host(), origin.port).await?;
                return Ok(Box::new(tcp));
            }
        };
        tunnel::open(&mut stream, origin.host(), origin.port, proxy.basic()).await?;
        Ok(stream)
    }

    async fn tcp(&self, host: &str, port: u16) -> Result<TcpStream, Error> {
        let uri = Uri::builder().scheme("http").authority(format!("{host}:{port}")).path_and_query("/").build();
        let uri = uri.map_err(|error| Error::new(ErrorKind::Setup, "this is not a host").with_source(error))?;
        match self.tcp.clone().call(uri).await {
            Ok(stream) => Ok(stream.into_inner()),
            Err(error) => Err(Error::new(ErrorKind::Connect, "there is no connection to the host").with_source(error)),
        }
    }
}

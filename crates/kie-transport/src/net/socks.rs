//! Connects through a SOCKS proxy, with the SOCKS client of hyper-util.

use std::{
    future::{Ready, ready},
    io,
    net::{IpAddr, SocketAddr},
    task::{Context, Poll},
};

use http::Uri;
use hyper_util::{
    client::legacy::connect::proxy::{SocksV4, SocksV5},
    rt::TokioIo,
};
use tokio::net::{TcpStream, lookup_host};
use tower_service::Service;

use crate::{
    error::{Error, ErrorKind},
    net::proxy::{Protocol, Proxy},
};

/// Asks the proxy to connect to a host. `tcp` is the connection to the proxy. For [`Protocol::Socks4`] and
/// [`Protocol::Socks5`], this machine resolves the host name, and the proxy gets only an IP address. For the other
/// protocols, the proxy gets the host name.
pub(crate) async fn open(tcp: TcpStream, proxy: &Proxy, host: &str, port: u16) -> Result<TcpStream, Error> {
    let target = target(proxy.protocol, host, port).await?;
    let connection = OpenConnection(Some(TokioIo::new(tcp)));
    let opened = if matches!(proxy.protocol, Protocol::Socks4 | Protocol::Socks4a) {
        SocksV4::new(Uri::default(), connection).call(target).await
    } else {
        let mut socks = SocksV5::new(Uri::default(), connection);
        if let Some((user, password)) = proxy.credentials() {
            socks = socks.with_auth(user.to_owned(), password.to_owned());
        }
        socks.call(target).await
    };
    let refused =
        |error| Error::new(ErrorKind::Connect, "the SOCKS proxy did not connect to the host").with_source(error);
    opened.map(TokioIo::into_inner).map_err(refused)
}

/// Returns the target for the proxy: the host name, or its IP address for `Socks4` and `Socks5`. The name is resolved
/// here, because hyper-util would block a thread of the runtime while it resolves the name.
async fn target(protocol: Protocol, host: &str, port: u16) -> Result<Uri, Error> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let authority = match protocol {
        Protocol::Socks4 | Protocol::Socks5 if bare.parse::<IpAddr>().is_err() => {
            let unknown = || Error::new(ErrorKind::Connect, "the host's name cannot be resolved");
            let mut found = lookup_host((bare, port)).await.map_err(|error| unknown().with_source(error))?;
            let found = found.find(|found| found.is_ipv4() || protocol == Protocol::Socks5);
            found.as_ref().map(SocketAddr::to_string).ok_or_else(unknown)?
        }
        _ => format!("{host}:{port}"),
    };
    let target = Uri::builder().scheme("https").authority(authority).path_and_query("/").build();
    target.map_err(|error| Error::new(ErrorKind::Setup, "this is not a host").with_source(error))
}

/// A `tower` service for hyper-util. Its response is a TCP connection to the proxy that is already open. The connection
/// is made before hyper-util asks for it, so that a failure to connect is reported in the same way as without SOCKS.
struct OpenConnection(Option<TokioIo<TcpStream>>);

impl Service<Uri> for OpenConnection {
    type Response = TokioIo<TcpStream>;
    type Error = io::Error;
    type Future = Ready<io::Result<Self::Response>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        ready(self.0.take().ok_or_else(|| io::ErrorKind::NotConnected.into()))
    }
}

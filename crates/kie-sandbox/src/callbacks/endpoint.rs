//! Receivers of callbacks: at a loopback address, or over a pipe in memory.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

use bytes::Bytes;
use http::{Request, Uri, header};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    task::JoinSet,
};

use crate::account::Connect;

/// A receiver of callbacks.
pub(crate) struct CallbackEndpoint {
    transport: Transport,
    host: String,
    path: String,
}

enum Transport {
    Pipe(Connect),
    Sockets(Vec<SocketAddr>),
}

impl CallbackEndpoint {
    /// Returns the receiver for this callback address. If `in_memory` is set, it is the receiver for every address that
    /// names a host. If it is not set, returns `None` for an address that is not plain http on loopback. DNS is never
    /// used, even for `localhost`.
    pub(crate) fn of(url: &str, in_memory: Option<&Connect>) -> Option<Self> {
        let url: Uri = url.parse().ok()?;
        let host = url.host()?;
        let path = url.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        if let Some(connect) = in_memory {
            return Some(Self { transport: Transport::Pipe(Arc::clone(connect)), host: host.to_owned(), path });
        }
        if url.scheme_str() != Some("http") {
            return None;
        }
        let ips = match host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            Ok(ip) if ip.is_loopback() => vec![ip],
            Err(_) if host.eq_ignore_ascii_case("localhost") => {
                vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
            }
            _ => return None,
        };
        let port = url.port_u16().unwrap_or(80);
        let addresses = ips.into_iter().map(|ip| SocketAddr::new(ip, port)).collect();
        Some(Self { transport: Transport::Sockets(addresses), host: format!("{host}:{port}"), path })
    }

    /// Sends a callback. Returns the HTTP status of the response, or `None` if there was no response. The headers and
    /// the body of the response are ignored.
    pub(crate) async fn post(&self, headers: &[(String, String)], body: Bytes) -> Option<u16> {
        let mut request = Request::post(&self.path).header(header::HOST, &self.host);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let request = request.body(Full::new(body)).ok()?;
        match &self.transport {
            Transport::Pipe(connect) => exchange(connect(), request).await,
            Transport::Sockets(addresses) => exchange(TcpStream::connect(&addresses[..]).await.ok()?, request).await,
        }
    }
}

async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    request: Request<Full<Bytes>>,
) -> Option<u16> {
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
    // The set owns the tokio task that drives the connection. When this future is dropped, the set is dropped too, and
    // the connection is closed.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let response = sender.send_request(request).await.ok()?;
    Some(response.status().as_u16())
}

#[cfg(test)]
mod tests {
    use super::CallbackEndpoint;

    #[test]
    fn only_this_machine_is_called_back() {
        let local = ["http://127.0.0.1:9/a?b", "http://127.8.8.8/", "http://[::1]:9", "http://LocalHost:9/"];
        let remote = [
            "https://127.0.0.1:9/",
            "http://10.0.0.1/",
            "http://127.0.0.1.example.com/",
            "http://127.0.0.1@example.com/",
            "http://localhost.example.com/",
            "http://0.0.0.0:9/",
            "nonsense",
        ];
        for url in local {
            assert!(CallbackEndpoint::of(url, None).is_some(), "{url}");
        }
        for url in remote {
            assert!(CallbackEndpoint::of(url, None).is_none(), "{url}");
        }
    }
}

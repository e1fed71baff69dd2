//! Serves connections to a loopback port, and connections over a pipe in memory.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite, DuplexStream},
    net::{TcpListener, TcpStream},
    runtime::Handle,
    task::{JoinHandle, JoinSet},
    time,
};

use crate::account::SandboxInner;

use super::cors;

/// A sandbox or a wire that listens on a port until this value is dropped.
#[derive(Debug)]
#[must_use = "it stops listening when it is dropped"]
pub struct Server {
    address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Server {
    /// Returns the address of the socket.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the base URL that replaces `https://api.kie.ai`, without a trailing slash.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops the server and closes its connections. Returns when the port is free.
    pub async fn stop(mut self) {
        self.serving.abort();
        // The result is always a cancellation error, because the tokio task was aborted.
        drop((&mut self.serving).await);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Serves every connection to this loopback address with the function `serve`.
pub(crate) async fn listen<F, S>(address: SocketAddr, serve: F) -> io::Result<Server>
where
    F: Fn(TcpStream) -> S + Send + 'static,
    S: Future<Output = ()> + Send + 'static,
{
    if !address.ip().is_loopback() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the sandbox listens on loopback addresses only"));
    }
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    Ok(Server { address, serving: tokio::spawn(accept(listener, serve)) })
}

/// Opens a pipe in memory. The function `serve` serves the server's side of the pipe. Returns the client's side.
pub(crate) fn pipe<S: Future<Output = ()> + Send + 'static>(serve: impl FnOnce(DuplexStream) -> S) -> DuplexStream {
    let (client_end, server_end) = tokio::io::duplex(64 * 1024);
    if let Ok(runtime) = Handle::try_current() {
        runtime.spawn(serve(server_end));
    }
    client_end
}

async fn accept<S: Future<Output = ()> + Send + 'static>(listener: TcpListener, serve: impl Fn(TcpStream) -> S) {
    // The set owns the tokio tasks that serve the connections. When this future is dropped, the set is dropped too, and
    // all connections are closed.
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(serve(stream));
            }
            // Accepting a connection fails, for example, if the process has too many open files. Some of them may be
            // closed during this short pause.
            Err(_) => time::sleep(Duration::from_millis(10)).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

/// Opens a pipe in memory to the account. Returns the client's side of the pipe.
pub(crate) fn connect(inner: Arc<SandboxInner>) -> DuplexStream {
    pipe(|server_end| serve(server_end, inner))
}

/// Serves the account over a stream with HTTP/1.1.
pub(crate) async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, inner: Arc<SandboxInner>) {
    let service = service_fn(|request| cors::serve(Arc::clone(&inner), request));
    // An error means, for example, that the client disconnected, or that a scripted fault closed the connection.
    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
}

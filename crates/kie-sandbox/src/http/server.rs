//! The doors: a loopback port, and a pipe in memory.

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

use super::service;

/// A sandbox that listens on a port, until this is dropped.
#[derive(Debug)]
#[must_use = "it stops listening when it is dropped"]
pub struct Server {
    address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Server {
    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address that takes the place of `https://api.kie.ai`, without a trailing slash.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops, and waits until the port is free and every connection is closed.
    pub async fn stop(mut self) {
        self.serving.abort();
        // Being cancelled is how it ends.
        drop((&mut self.serving).await);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Serves every connection to this loopback address.
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

/// Serves the far end of a pipe, and hands out the near one.
pub(crate) fn pipe<S: Future<Output = ()> + Send + 'static>(serve: impl FnOnce(DuplexStream) -> S) -> DuplexStream {
    let (near, far) = tokio::io::duplex(64 * 1024);
    if let Ok(runtime) = Handle::try_current() {
        runtime.spawn(serve(far));
    }
    near
}

async fn accept<S: Future<Output = ()> + Send + 'static>(listener: TcpListener, serve: impl Fn(TcpStream) -> S) {
    // Dropped with this future, the set closes every connection.
    let mut connections = JoinSet::new();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                connections.spawn(serve(stream));
            }
            // There may be too many open files, which passes.
            Err(_) => time::sleep(Duration::from_millis(10)).await,
        }
        while connections.try_join_next().is_some() {}
    }
}

/// Serves the account over a pipe in memory, and hands out the client's end.
pub(crate) fn connect(inner: Arc<SandboxInner>) -> DuplexStream {
    pipe(|far| serve(far, inner))
}

/// Lets the account answer what comes over this stream.
pub(crate) async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, inner: Arc<SandboxInner>) {
    let service = service_fn(|request| service::serve(Arc::clone(&inner), request));
    // An error here is a client that went away, or a fault that was asked for.
    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
}

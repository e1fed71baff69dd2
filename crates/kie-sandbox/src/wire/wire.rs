//! The connection between a client and the account, with scripted faults.

use std::{
    collections::VecDeque,
    fmt, io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
};

use tokio::{
    io::{AsyncRead, AsyncWrite, DuplexStream},
    net::TcpStream,
};

use crate::{
    account,
    http::{Server, server},
};

use super::{
    connection::{Connection, End},
    step::Step,
};

/// Connections to the account of a sandbox, with scripted faults. [`Sandbox::wire`](crate::Sandbox::wire) returns a
/// wire. All clones of a wire share one list of scripts and the same counters.
///
/// A [`Fault`](crate::Fault) changes the response of the service. A wire changes the connection, and the account works
/// as usual. [`Sandbox::requests`](crate::Sandbox::requests) returns the requests that the account received, even if
/// the client got no response.
#[derive(Clone)]
pub struct Wire(Arc<Inner>);

struct Inner {
    account: Arc<account::SandboxInner>,
    scripts: Mutex<Scripts>,
    connections: AtomicUsize,
    written: AtomicU64,
}

struct Scripts {
    next: VecDeque<Vec<Step>>,
    others: Vec<Step>,
}

impl Wire {
    pub(crate) fn new(account: Arc<account::SandboxInner>) -> Self {
        let scripts = Mutex::new(Scripts { next: VecDeque::new(), others: vec![Step::Serve] });
        Self(Arc::new(Inner { account, scripts, connections: AtomicUsize::new(0), written: AtomicU64::new(0) }))
    }

    /// Adds a script for one later connection. The scripts form a queue: each new connection takes the first script of
    /// the queue.
    pub fn script(&self, steps: impl IntoIterator<Item = Step>) {
        self.scripts().next.push_back(steps.into_iter().collect());
    }

    /// Sets the script of every connection that finds no script in the queue. The default is [`Step::Serve`].
    pub fn always(&self, steps: impl IntoIterator<Item = Step>) {
        self.scripts().others = steps.into_iter().collect();
    }

    /// Opens a connection over a pipe in memory. Returns the client's side of the pipe.
    ///
    /// Needs a tokio runtime. Outside of a tokio runtime, the returned pipe is already closed.
    pub fn connect(&self) -> DuplexStream {
        let wire = self.clone();
        server::pipe(async move |mut server_end| wire.serve(&mut server_end).await)
    }

    /// Listens at a loopback address until the [`Server`] is dropped. Port 0 chooses a free port.
    ///
    /// # Errors
    ///
    /// If the address is not a loopback address, or cannot be bound.
    pub async fn listen(&self, address: impl Into<SocketAddr>) -> io::Result<Server> {
        let wire = self.clone();
        let serve = move |mut stream: TcpStream| {
            let wire = wire.clone();
            async move {
                if wire.run(&mut stream).await == End::Reset {
                    // With a linger time of zero, closing the connection resets it. If this call fails, the connection
                    // is closed normally.
                    let _ = stream.set_zero_linger();
                }
            }
        };
        server::listen(address.into(), serve).await
    }

    /// Runs the script of the next connection on this stream. The stream can be, for example, a TLS stream, or a
    /// connection that another server accepted.
    pub async fn serve(&self, stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) {
        self.run(stream).await;
    }

    /// Returns the number of connections so far.
    pub fn connections(&self) -> usize {
        self.0.connections.load(Relaxed)
    }

    /// Returns the number of bytes that were written to clients so far, in all steps except [`Step::Serve`]. The last
    /// of these bytes may still be in the buffers of the connection.
    pub fn written(&self) -> u64 {
        self.0.written.load(Relaxed)
    }

    async fn run(&self, client: &mut (impl AsyncRead + AsyncWrite + Unpin)) -> End {
        self.0.connections.fetch_add(1, Relaxed);
        let steps = {
            let mut scripts = self.scripts();
            scripts.next.pop_front().unwrap_or_else(|| scripts.others.clone())
        };
        let account = server::connect(Arc::clone(&self.0.account));
        let connection =
            Connection { client, account, received: Vec::new(), response: Vec::new(), written: &self.0.written };
        // An error means that the client or the account disconnected. The connection is then closed normally.
        connection.run(steps).await.unwrap_or(End::Closed)
    }

    fn scripts(&self) -> MutexGuard<'_, Scripts> {
        self.0.scripts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("connections", &self.connections()).finish_non_exhaustive()
    }
}

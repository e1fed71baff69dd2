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

/// A way to connect to the account with scripted faults, byte by byte. Created by
/// [`Sandbox::wire`](crate::Sandbox::wire); clones share one wire.
///
/// [`Fault`](crate::Fault) changes the response of the service, and a wire changes the connection. The account behind
/// it works as usual. Its journal shows which requests were received, even if the client got no response.
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

    /// Sets the script of the next connection. Scripts form a queue.
    pub fn script(&self, steps: impl IntoIterator<Item = Step>) {
        self.scripts().next.push_back(steps.into_iter().collect());
    }

    /// Sets the script of every connection without a script of its own. The default is [`Step::Serve`].
    pub fn always(&self, steps: impl IntoIterator<Item = Step>) {
        self.scripts().others = steps.into_iter().collect();
    }

    /// Opens a connection in memory and returns the client's end.
    ///
    /// Needs a tokio runtime. Outside of one, the returned pipe is already closed.
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
                    // If this fails, the connection is closed without a reset.
                    let _ = stream.set_zero_linger();
                }
            }
        };
        server::listen(address.into(), serve).await
    }

    /// Runs the next script on this stream, for example on a TLS stream or on a connection that another server
    /// accepted.
    pub async fn serve(&self, stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) {
        self.run(stream).await;
    }

    /// Returns the number of connections so far.
    pub fn connections(&self) -> usize {
        self.0.connections.load(Relaxed)
    }

    /// Returns the number of bytes written to clients so far, in all steps except [`Step::Serve`]. The last of them may still
    /// be in the buffers of the connection.
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
        // A disconnect of either side ends the connection.
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

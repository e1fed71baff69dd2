//! The wire between a client and the account, and what goes wrong on it.

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

/// A way to the account on which things go wrong as told, byte by byte. Made by
/// [`Sandbox::wire`](crate::Sandbox::wire); clones are the same wire.
///
/// [`Fault`](crate::Fault) is what the service answers; a wire is what happens to connections. The account behind it is
/// a real one, so that its books tell what was received whatever the client has seen.
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

    /// Says what happens on the next connection. Scripts queue up.
    pub fn script(&self, steps: impl IntoIterator<Item = Step>) {
        self.scripts().next.push_back(steps.into_iter().collect());
    }

    /// Says what happens on every connection that has no script of its own. It is [`Step::Serve`] at first.
    pub fn always(&self, steps: impl IntoIterator<Item = Step>) {
        self.scripts().others = steps.into_iter().collect();
    }

    /// A connection in memory: the client's end of it.
    ///
    /// Outside of a tokio runtime nobody can serve, and the pipe is closed.
    pub fn connect(&self) -> DuplexStream {
        let wire = self.clone();
        server::pipe(async move |mut far| wire.serve(&mut far).await)
    }

    /// Takes connections at a loopback address until the [`Server`] is dropped. Port 0 takes a free one.
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
                    // Without it the connection is closed, which is all that can be done.
                    let _ = stream.set_zero_linger();
                }
            }
        };
        server::listen(address.into(), serve).await
    }

    /// Takes this stream as the next connection, whatever it comes through: TLS, or another service's doors.
    pub async fn serve(&self, stream: &mut (impl AsyncRead + AsyncWrite + Unpin)) {
        self.run(stream).await;
    }

    /// How many connections were made so far.
    pub fn connections(&self) -> usize {
        self.0.connections.load(Relaxed)
    }

    /// How many bytes the clients took so far, in all steps but [`Step::Serve`]. What a client does not take is at most
    /// what lies in the buffers of the connection.
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
            Connection { client, account, inbox: Vec::new(), answer: Vec::new(), written: &self.0.written };
        // A side that went away ends the connection.
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

//! A TCP proxy in front of the database. It counts round trips, cuts connections, and falls silent.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
};

/// A proxy in front of the database at an address of the loopback interface.
pub(crate) struct Proxy {
    address: SocketAddr,
    state: Arc<State>,
}

struct State {
    target: u16,
    /// Number of round trips: a client that sends again after it has received.
    round_trips: AtomicUsize,
    /// Number of bytes that the proxy passes on before it cuts all connections. Negative if it does not cut them.
    bytes_left: AtomicI64,
    /// Counts the cuts. Each change ends all connections.
    cuts: watch::Sender<usize>,
    /// Number of round trips before the proxy falls silent.
    silent_at: AtomicUsize,
    /// `true` if it falls silent before the response of a round trip, and `false` before the request.
    holds_response: AtomicBool,
    /// `true` while the proxy accepts connections and passes on nothing.
    is_silent: watch::Sender<bool>,
    /// Counts the losses. After each change, all connections stay open, and never pass on anything.
    losses: watch::Sender<usize>,
}

/// Value of `bytes_left` without a cut.
const NO_CUT: i64 = i64::MIN / 2;

impl Proxy {
    pub(crate) async fn start(target: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State {
            target,
            round_trips: AtomicUsize::new(0),
            bytes_left: AtomicI64::new(NO_CUT),
            cuts: watch::Sender::default(),
            silent_at: AtomicUsize::new(usize::MAX),
            holds_response: AtomicBool::new(false),
            is_silent: watch::Sender::default(),
            losses: watch::Sender::default(),
        });
        let accepting = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass_on(client, Arc::clone(&accepting)));
            }
        });
        Self { address, state }
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://kie@{}/postgres", self.address)
    }

    pub(crate) fn round_trips(&self) -> usize {
        self.state.round_trips.load(Ordering::SeqCst)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Passes on nothing from now on, as a server does that hangs. What arrives is passed on later.
    pub(crate) fn fall_silent(&self) {
        self.state.is_silent.send_replace(true);
    }

    /// Falls silent after so many more round trips and the request of another one, or before this request.
    pub(crate) fn fall_silent_after(&self, trips: usize, is_requested: bool) {
        self.state.holds_response.store(is_requested, Ordering::SeqCst);
        self.state.silent_at.store(self.round_trips() + trips, Ordering::SeqCst);
    }

    pub(crate) fn is_silent(&self) -> bool {
        *self.state.is_silent.borrow()
    }

    /// Passes on everything again.
    pub(crate) fn speak(&self) {
        self.state.silent_at.store(usize::MAX, Ordering::SeqCst);
        self.state.is_silent.send_replace(false);
    }

    /// Loses all connections without closing them, as a host does that vanishes. New connections work.
    pub(crate) fn lose_connections(&self) {
        self.state.losses.send_modify(|losses| *losses += 1);
    }

    /// Cuts all connections, once, after this number of bytes in both directions together.
    pub(crate) fn cut_after(&self, bytes: i64) {
        self.state.bytes_left.store(bytes, Ordering::SeqCst);
    }

    /// Returns `true` if a cut that was asked for has happened.
    pub(crate) fn has_cut(&self) -> bool {
        self.state.bytes_left.load(Ordering::SeqCst) < 0
    }
}

async fn pass_on(client: TcpStream, state: Arc<State>) {
    let Ok(server) = TcpStream::connect(("127.0.0.1", state.target)).await else { return };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let (mut cuts, mut losses) = (state.cuts.subscribe(), state.losses.subscribe());
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let has_received = AtomicBool::new(false);
    let fall_silent = |trips: usize, is_requested: bool| {
        if trips == state.silent_at.load(Ordering::SeqCst)
            && state.holds_response.load(Ordering::SeqCst) == is_requested
        {
            state.silent_at.store(usize::MAX, Ordering::SeqCst);
            state.is_silent.send_replace(true);
        }
    };
    let asking = pump(&mut from_client, &mut to_server, &state, || {
        if has_received.swap(false, Ordering::SeqCst) {
            fall_silent(state.round_trips.fetch_add(1, Ordering::SeqCst), false);
        }
    });
    let answering = pump(&mut from_server, &mut to_client, &state, || {
        fall_silent(state.round_trips.load(Ordering::SeqCst).wrapping_sub(1), true);
        has_received.store(true, Ordering::SeqCst);
    });
    tokio::select! {
        () = asking => {}
        () = answering => {}
        _ = cuts.changed() => {}
        _ = losses.changed() => std::future::pending().await,
    }
}

async fn pump(from: &mut OwnedReadHalf, to: &mut OwnedWriteHalf, state: &State, on_bytes: impl Fn()) {
    let mut is_silent = state.is_silent.subscribe();
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        on_bytes();
        let _ = is_silent.wait_for(|is_silent| !is_silent).await;
        let left = state.bytes_left.load(Ordering::SeqCst);
        let is_cut = left >= 0 && left < read as i64;
        let passed = if is_cut { left as usize } else { read };
        if left >= 0 && !is_cut {
            state.bytes_left.fetch_sub(read as i64, Ordering::SeqCst);
        }
        if to.write_all(&buffer[..passed]).await.is_err() {
            return;
        }
        if is_cut {
            state.bytes_left.store(NO_CUT, Ordering::SeqCst);
            state.cuts.send_modify(|cuts| *cuts += 1);
            return;
        }
    }
}

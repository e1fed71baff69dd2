//! A client and a sandbox that are connected by real HTTP over a pipe in memory.
//!
//! In a test with paused time, time jumps forward as soon as all tokio tasks are waiting. So a minute of the simulated
//! service takes no real time.

use std::sync::Arc;

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use kie_ledger::MemoryLedger;
use kie_sandbox::{Sandbox, Speed};
use kie_suno::{
    Client, ClientBuilder,
    callbacks::Receiver,
    records::Track,
    requests::{GenerateMusic, Model},
    transport::Pipe,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, DuplexStream},
    net::TcpListener,
    task::{JoinHandle, JoinSet},
};

/// Callback address at which no host can exist. The sandbox records the callbacks to this address in its journal.
pub(crate) const UNREACHABLE: &str = "https://callback.invalid/kie";

/// Returns a sandbox account that makes songs as slowly as the live service, and its client.
pub(crate) fn live() -> (Sandbox, Client) {
    at(Speed::Live)
}

/// Returns a sandbox account that finishes tasks immediately, and its client.
pub(crate) fn instant() -> (Sandbox, Client) {
    at(Speed::Instant)
}

/// Returns a sandbox account that finishes tasks immediately, a ledger, and a client with both.
pub(crate) fn with_ledger() -> (Sandbox, Arc<MemoryLedger>, Client) {
    let sandbox = Sandbox::builder().speed(Speed::Instant).build();
    let ledger = Arc::new(MemoryLedger::new());
    let client = client_of(&sandbox).ledger(Arc::clone(&ledger)).build().unwrap();
    (sandbox, ledger, client)
}

/// Returns a sandbox account, and a client whose tasks have callbacks. The sandbox records them and sends none.
pub(crate) fn called_back(speed: Speed) -> (Sandbox, Client) {
    let sandbox = Sandbox::builder().speed(speed).build();
    let client = client_of(&sandbox).call_back_url(UNREACHABLE).build().unwrap();
    (sandbox, client)
}

fn at(speed: Speed) -> (Sandbox, Client) {
    let sandbox = Sandbox::builder().speed(speed).build();
    let client = client_of(&sandbox).build().unwrap();
    (sandbox, client)
}

pub(crate) fn client_of(sandbox: &Sandbox) -> ClientBuilder {
    let sandbox = sandbox.clone();
    Client::builder().api_key("key").base_url("http://localhost").http(Pipe::new(move || sandbox.connect()))
}

pub(crate) fn waltz() -> GenerateMusic {
    GenerateMusic::simple(Model::V5, "a slow waltz for two accordions")
}

/// Returns the track with this link instead of its own links to audio files.
pub(crate) fn linked(track: &Track, link: &str) -> Track {
    let mut linked = track.clone();
    linked.audio_url = Some(link.into());
    (linked.source_audio_url, linked.stream_audio_url, linked.source_stream_audio_url) = (None, None, None);
    linked
}

/// Serves a receiver with hyper's HTTP server. Returns a connection in memory to this server.
pub(crate) fn connect(receiver: &Receiver) -> DuplexStream {
    let (near, far) = tokio::io::duplex(16 * 1024);
    tokio::spawn(serve(receiver, far));
    near
}

/// Serves a receiver on a loopback port. Returns the URL of the receiver, and a handle of the server's tokio task. The
/// server runs until the caller aborts this tokio task.
pub(crate) async fn mount(receiver: &Receiver) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/kie", listener.local_addr().unwrap());
    let receiver = receiver.clone();
    let serving = tokio::spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            connections.spawn(serve(&receiver, stream));
        }
    });
    (url, serving)
}

fn serve<S>(receiver: &Receiver, stream: S) -> impl Future<Output = hyper::Result<()>> + use<S>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    http1::Builder::new().timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), receiver.service())
}

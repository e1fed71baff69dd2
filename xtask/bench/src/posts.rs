//! Measures how many callbacks per second the receiving servers answer, over one connection and over several. The
//! callbacks are bytes that were made before.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};

use crate::{
    print_number,
    rates::{CONCURRENCY, median, on_processor},
    receivers::{self, CallbackServer, KINDS},
    runtime, server,
};

/// Returns the number of callbacks that each server gets in one round, if `concurrency` connections are open.
fn callbacks(concurrency: usize) -> usize {
    if concurrency == 1 { 2_000 } else { 6_000 }
}

/// Runs the server named `kind` on a free local port.
pub(crate) fn receive(kind: &str) -> anyhow::Result<()> {
    let server = CallbackServer::named(kind)?;
    server::listen(vec![Box::new(move |stream| {
        let server = server.clone();
        tokio::spawn(async move { server.serve(TokioIo::new(stream)).await });
    })])
}

/// Sends the callbacks without TLS. `servers` holds the addresses and then the process ids of the servers, both in the
/// order of [`KINDS`].
pub(crate) fn run(rounds: usize, servers: &[&str]) -> anyhow::Result<()> {
    compare(rounds, servers, connect)
}

/// Sends the callbacks with TLS, to servers whose certificates the authority in the file `pem` has signed.
#[cfg(feature = "full")]
pub(crate) fn run_with_tls(rounds: usize, pem: &str, servers: &[&str]) -> anyhow::Result<()> {
    let connector = crate::tls::connector(pem)?;
    let name = rustls::pki_types::ServerName::from(std::net::IpAddr::from([127, 0, 0, 1]));
    compare(rounds, servers, async |address: &str| {
        let stream = connect(address).await?;
        Ok(connector.connect(name.clone(), stream).await?)
    })
}

async fn connect(address: &str) -> anyhow::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Prints the medians over the rounds. A ratio compares two servers in the same round.
fn compare<S: Stream>(
    rounds: usize,
    servers: &[&str],
    connect: impl AsyncFn(&str) -> anyhow::Result<S>,
) -> anyhow::Result<()> {
    let (addresses, processes) = servers.split_at(KINDS.len());
    let servers: Vec<_> = addresses.iter().zip(processes).collect();
    let runtime = runtime()?;
    let mut found: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    let mut sent = 0;
    // The first round is not counted. After it, caches and connections are ready.
    for round in 0..=rounds {
        for concurrency in CONCURRENCY {
            let mut turns = [None; KINDS.len()];
            for index in 0..KINDS.len() {
                // Each round begins with another server, so that no server has an advantage.
                let index = (index + round) % KINDS.len();
                let (address, process) = servers[index];
                // A server ignores a callback that it has received before. So each round needs new callbacks.
                let requests = receivers::requests(sent, callbacks(concurrency));
                sent += requests.len();
                turns[index] = Some(runtime.block_on(async {
                    let mut streams = Vec::new();
                    for _ in 0..concurrency {
                        streams.push(connect(address).await?);
                    }
                    turn(process, requests, streams).await
                })?);
            }
            if round == 0 {
                continue;
            }
            let of = |kind| KINDS.iter().position(|other| *other == kind).and_then(|index| turns[index]);
            let ours = of("receiver").context("the receiver had no turn")?;
            let mut keep =
                |what: String, number| found.entry(format!("{concurrency}.{what}")).or_default().push(number);
            keep("rate".into(), 1.0 / ours.elapsed);
            keep("cpu".into(), ours.cpu * 1e6);
            for kind in KINDS.iter().filter(|kind| **kind != "receiver") {
                let theirs = of(kind).context("a server had no turn")?;
                keep(format!("rate.{kind}"), theirs.elapsed / ours.elapsed);
                keep(format!("cpu.{kind}"), ours.cpu / theirs.cpu);
            }
        }
    }
    for (name, mut numbers) in found {
        print_number(&name, median(&mut numbers));
    }
    Ok(())
}

/// Two times of a round, each divided by the number of callbacks, in seconds: the elapsed time, and the time on the
/// processor of the server.
#[derive(Clone, Copy)]
struct Turn {
    elapsed: f64,
    cpu: f64,
}

/// Connection to a server.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Stream for S {}

async fn turn(process: &str, requests: Vec<Bytes>, streams: Vec<impl Stream>) -> anyhow::Result<Turn> {
    let count = requests.len() as f64;
    let (requests, next) = (Arc::new(requests), Arc::<AtomicUsize>::default());
    let mut workers = JoinSet::new();
    let (begin, cpu) = (Instant::now(), on_processor(process)?);
    for mut stream in streams {
        let (requests, next) = (requests.clone(), next.clone());
        workers.spawn(async move {
            while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                post(&mut stream, request).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(done) = workers.join_next().await {
        done??;
    }
    let (elapsed, cpu) = (begin.elapsed(), on_processor(process)?.saturating_sub(cpu));
    Ok(Turn { elapsed: elapsed.as_secs_f64() / count, cpu: cpu.as_secs_f64() / count })
}

async fn post(stream: &mut impl Stream, request: &[u8]) -> anyhow::Result<()> {
    stream.write_all(request).await?;
    // With TLS, written bytes may be held back until a flush.
    stream.flush().await?;
    let (mut answer, mut length) = ([0; 1024], 0);
    // The servers write the small response in one piece, and a proxy may write it in several.
    while !receivers::is_received(&answer[..length]) {
        let read = stream.read(&mut answer[length..]).await?;
        ensure!(read > 0, "{}", String::from_utf8_lossy(&answer[..length]));
        length += read;
    }
    Ok(())
}

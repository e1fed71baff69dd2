//! Callbacks per second, at one connection and at many: the sender of ready bytes, and the servers that receive them.

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
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    task::JoinSet,
};

use crate::{
    rates::{CONCURRENCY, median, on_processor},
    receivers::{self, KINDS, Way},
    runtime, server, tell,
};

/// How many callbacks a turn has at this concurrency.
fn callbacks(concurrency: usize) -> usize {
    if concurrency == 1 { 2_000 } else { 6_000 }
}

/// Receives in this way on a free port of this machine.
pub(crate) fn receive(kind: &str) -> anyhow::Result<()> {
    let way = Way::named(kind)?;
    server::listen(|stream| {
        let way = way.clone();
        tokio::spawn(async move { way.serve(TokioIo::new(stream)).await });
    })
}

/// Tells the medians over the rounds; the servers are named by their addresses and processes, in the order of
/// [`KINDS`]. Ratios are taken within a round, in which all of them have a turn.
pub(crate) fn run(rounds: usize, servers: &[&str]) -> anyhow::Result<()> {
    let (addresses, processes) = servers.split_at(KINDS.len());
    let servers: Vec<_> = addresses.iter().zip(processes).collect();
    let runtime = runtime()?;
    let mut found: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    let mut sent = 0;
    // The first round warms everything and is left out.
    for round in 0..=rounds {
        for concurrency in CONCURRENCY {
            let mut turns = [None; KINDS.len()];
            for index in 0..KINDS.len() {
                // Each round begins with another server.
                let index = (index + round) % KINDS.len();
                let (address, process) = servers[index];
                // Nobody is sent the same callback twice.
                let requests = receivers::requests(sent, callbacks(concurrency));
                sent += requests.len();
                turns[index] = Some(runtime.block_on(turn(address, process, requests, concurrency))?);
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
        tell(&name, median(&mut numbers));
    }
    Ok(())
}

/// What one callback took, in seconds: until it was answered, and on the server's processor.
#[derive(Clone, Copy)]
struct Turn {
    elapsed: f64,
    cpu: f64,
}

async fn turn(address: &str, process: &str, requests: Vec<Bytes>, concurrency: usize) -> anyhow::Result<Turn> {
    let mut streams = Vec::new();
    for _ in 0..concurrency {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        streams.push(stream);
    }
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

async fn post(stream: &mut TcpStream, request: &[u8]) -> anyhow::Result<()> {
    stream.write_all(request).await?;
    // An answer is small, and written as one.
    let mut answer = [0; 512];
    let length = stream.read(&mut answer).await?;
    ensure!(receivers::is_received(&answer[..length]), "{}", String::from_utf8_lossy(&answer[..length]));
    Ok(())
}

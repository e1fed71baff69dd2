//! Measures calls per second and processor time, for one call at a time and for several at the same time.

use std::{
    collections::BTreeMap,
    fs,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use tokio::{runtime::Runtime, task::JoinSet};

use crate::{
    contenders::{Contender, Workload},
    print_number, runtime,
};

pub(crate) const CONCURRENCY: [usize; 3] = [1, 16, 64];
/// Clients that are compared with the SDK.
pub(crate) const OTHERS: &[&str] =
    if cfg!(feature = "full") { &["typed", "pool", "reqwest"] } else { &["typed", "pool"] };

/// Returns the number of calls that each client makes in one round, if `concurrency` calls are in flight at the same
/// time. They take less than a second.
fn calls(concurrency: usize) -> usize {
    if concurrency == 1 { 2_000 } else { 6_000 }
}

/// Compares the SDK with the other clients.
pub(crate) fn run(rounds: usize, address: &str) -> anyhow::Result<()> {
    let runtime = runtime()?;
    let mut callers = vec![("facade", runtime.block_on(Contender::new("facade", address))?)];
    for kind in OTHERS {
        callers.push((kind, runtime.block_on(Contender::new(kind, address))?));
    }
    let pairs: Vec<_> = OTHERS.iter().map(|kind| ("facade", *kind)).collect();
    compare(&runtime, &callers, &pairs, rounds)
}

/// Prints the medians over the rounds for each pair of clients. A ratio compares the two clients in the same round.
pub(crate) fn compare(
    runtime: &Runtime,
    callers: &[(&str, Contender)],
    pairs: &[(&str, &str)],
    rounds: usize,
) -> anyhow::Result<()> {
    let mut found: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    // The first round is not counted. After it, caches and connections are ready.
    for round in 0..=rounds {
        for (call, concurrency) in Workload::ALL.into_iter().flat_map(|call| CONCURRENCY.map(|many| (call, many))) {
            let mut turns = BTreeMap::new();
            for index in 0..callers.len() {
                // Each round begins with another client, so that no client has an advantage.
                let (kind, caller) = &callers[(index + round) % callers.len()];
                turns.insert(*kind, runtime.block_on(turn(caller, call, concurrency))?);
            }
            if round == 0 {
                continue;
            }
            let mut keep = |what: String, number| {
                found.entry(format!("{}.{concurrency}.{what}", call.name())).or_default().push(number);
            };
            for (kind, turn) in &turns {
                keep(format!("{kind}.rate"), 1.0 / turn.elapsed);
                keep(format!("{kind}.cpu"), turn.cpu * 1e6);
            }
            for (one, other) in pairs {
                let (ours, theirs) = (turns[one], turns[other]);
                keep(format!("{one}.rate.{other}"), theirs.elapsed / ours.elapsed);
                keep(format!("{one}.cpu.{other}"), ours.cpu / theirs.cpu);
            }
        }
    }
    for (name, mut numbers) in found {
        print_number(&name, median(&mut numbers));
    }
    Ok(())
}

/// Returns the median. For an even number of values it is the upper of the two in the middle, and for no values it is
/// NaN.
pub(crate) fn median(numbers: &mut [f64]) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Two times of a round, each divided by the number of calls, in seconds: the elapsed time, and the time on the
/// processor.
#[derive(Clone, Copy)]
struct Turn {
    elapsed: f64,
    cpu: f64,
}

async fn turn(caller: &Contender, call: Workload, concurrency: usize) -> anyhow::Result<Turn> {
    let calls = calls(concurrency);
    let inputs = Arc::new(Mutex::new(call.inputs(calls)));
    let mut workers = JoinSet::new();
    let (begin, cpu) = (Instant::now(), on_processor("thread-self")?);
    for _ in 0..concurrency {
        let (caller, inputs) = (caller.clone(), inputs.clone());
        workers.spawn(async move {
            loop {
                let next = inputs.lock().ok().and_then(|mut inputs| inputs.pop());
                let Some(input) = next else { return anyhow::Ok(()) };
                caller.call(input).await?;
            }
        });
    }
    while let Some(done) = workers.join_next().await {
        done??;
    }
    let (elapsed, cpu) = (begin.elapsed(), on_processor("thread-self")?.saturating_sub(cpu));
    Ok(Turn { elapsed: elapsed.as_secs_f64() / calls as f64, cpu: cpu.as_secs_f64() / calls as f64 })
}

/// Returns the processor time of a thread so far, as Linux counts it. `process` is `thread-self` for this thread, or
/// the id of a process for its first thread.
pub(crate) fn on_processor(process: &str) -> anyhow::Result<Duration> {
    let path = format!("/proc/{process}/schedstat");
    let text = fs::read_to_string(path).context("/proc does not tell the processor time")?;
    let nanoseconds = text.split(' ').next().unwrap_or_default().parse()?;
    Ok(Duration::from_nanos(nanoseconds))
}

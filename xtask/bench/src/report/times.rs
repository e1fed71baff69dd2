//! Measures times, in several rounds.

use std::collections::BTreeMap;

#[cfg(feature = "full")]
use crate::tls::nginx::Nginx;
use crate::{
    child::{self, Numbers, ServerProcess},
    contenders::Workload,
    rates,
    receivers::KINDS,
    table::{
        Goal::{self, AtLeast, AtMost, PrintOnly},
        Table, short,
    },
};

/// Measures all times.
pub(super) fn measure(table: &mut Table, rounds: usize) -> anyhow::Result<()> {
    decode(table, rounds)?;
    throughput(table, rounds)?;
    callbacks(table, rounds)?;
    download(table, rounds)?;
    gap(table)
}

fn decode(table: &mut Table, rounds: usize) -> anyhow::Result<()> {
    // A round takes 30 milliseconds, so many rounds are cheap.
    let numbers = child::pinned(0, &["decode-times", &(rounds * 10 + 1).to_string()])?;
    let measured = format!("{} ns", short(numbers["tolerant"]));
    table.watched("reading a record: time ÷ rigid", &measured, numbers["tolerant.rigid"], AtMost(1.15, 1.05));
    table.watched("verifying a callback: µs", "", numbers["verify"] / 1e3, AtMost(0.2, 0.15));
    Ok(())
}

fn throughput(table: &mut Table, rounds: usize) -> anyhow::Result<()> {
    let server = ServerProcess::start()?;
    let numbers = child::pinned(0, &["rates", &rounds.to_string(), &server.address])?;
    for call in Workload::ALL {
        for concurrency in rates::CONCURRENCY {
            let of = |what: &str| numbers[&format!("{}.{concurrency}.facade.{what}", call.name())];
            for kind in rates::OTHERS {
                let goal = rate_goal(kind, call, concurrency);
                let what = format!("{}, {concurrency} at once: calls/s ÷ {kind}", call.name());
                table.watched(&what, &format!("{}/s", short(of("rate"))), of(&format!("rate.{kind}")), goal);
            }
            for kind in rates::OTHERS {
                let goal = match *kind {
                    "typed" => AtMost(1.08, 1.0),
                    "reqwest" => AtMost(0.8, 0.65),
                    _ => PrintOnly,
                };
                let what = format!("{}, {concurrency} at once: CPU ÷ {kind}", call.name());
                table.watched(&what, &format!("{} µs", short(of("cpu"))), of(&format!("cpu.{kind}")), goal);
            }
        }
    }
    Ok(())
}

fn rate_goal(kind: &str, call: Workload, concurrency: usize) -> Goal {
    match (kind, call, concurrency) {
        ("typed", ..) => AtLeast(0.95, 1.1),
        ("reqwest", _, 1) => AtLeast(1.1, 1.2),
        ("reqwest", ..) => AtLeast(1.25, 1.5),
        (_, _, 1) => AtLeast(0.85, 0.92),
        (_, Workload::Post, 64) => AtLeast(0.78, 0.9),
        (_, Workload::Get, 64) => AtLeast(0.6, 0.75),
        _ => PrintOnly,
    }
}

fn callbacks(table: &mut Table, rounds: usize) -> anyhow::Result<()> {
    let servers = KINDS.iter().map(|kind| ServerProcess::receiving(kind)).collect::<Result<Vec<_>, _>>()?;
    let addresses: Vec<String> = servers.iter().map(|server| server.address.clone()).collect();
    let processes: Vec<String> = servers.iter().map(|server| server.process().to_string()).collect();
    let measure = |first: &[&str], addresses: &[String]| {
        let servers = addresses.iter().chain(&processes).map(String::as_str);
        child::pinned(1, &first.iter().copied().chain(servers).collect::<Vec<_>>())
    };
    let rounds = rounds.to_string();
    print_callbacks(table, "callback", &measure(&["posts", &rounds], &addresses)?);
    #[cfg(feature = "full")]
    match Nginx::start(&addresses)? {
        Some(nginx) => {
            let numbers = measure(&["posts-tls", &rounds, &nginx.authority()], &nginx.addresses)?;
            print_callbacks(table, "callback through nginx", &numbers);
        }
        None => table.note("callbacks are not sent through nginx: nginx is missing"),
    }
    Ok(())
}

fn print_callbacks(table: &mut Table, name: &str, numbers: &Numbers) {
    for concurrency in rates::CONCURRENCY {
        let of = |what: &str| numbers[&format!("{concurrency}.{what}")];
        for kind in KINDS.iter().filter(|kind| **kind != "receiver") {
            let (rate, cpu) =
                if *kind == "hand" { (AtLeast(0.95, 1.0), AtMost(1.05, 1.0)) } else { (AtLeast(1.2, 1.35), PrintOnly) };
            let what = format!("{name}, {concurrency} at once: per second ÷ {kind}");
            table.watched(&what, &format!("{}/s", short(of("rate"))), of(&format!("rate.{kind}")), rate);
            let what = format!("{name}, {concurrency} at once: CPU ÷ {kind}");
            table.watched(&what, &format!("{} µs", short(of("cpu"))), of(&format!("cpu.{kind}")), cpu);
        }
    }
}

/// Clients whose downloads are compared. Each download runs in a process of its own.
const DOWNLOADS: &[&str] = if cfg!(feature = "full") { &["facade", "reqwest"] } else { &["facade"] };

fn download(table: &mut Table, rounds: usize) -> anyhow::Result<()> {
    let server = ServerProcess::start()?;
    let (mut speed, mut ratios, mut memory) = (Vec::new(), Vec::new(), Vec::new());
    let mut sums: BTreeMap<(&str, &str), f64> = BTreeMap::new();
    // The ratios of single pairs differ by a third, so there are at least 11 pairs.
    for round in 0..rounds.max(11) {
        let mut seconds = BTreeMap::new();
        for index in 0..DOWNLOADS.len() {
            // Each pair begins with the other client, so that no client has an advantage.
            let kind = DOWNLOADS[(index + round) % DOWNLOADS.len()];
            let numbers = child::pinned(0, &["download", kind, &server.address])?;
            seconds.insert(kind, numbers["seconds"]);
            for what in ["user", "kernel"] {
                *sums.entry((kind, what)).or_default() += numbers[what];
            }
            if kind == "facade" {
                memory.push(numbers["mib"]);
            }
        }
        speed.push(256.0 / seconds["facade"]);
        ratios.extend(seconds.get("reqwest").map(|theirs| theirs / seconds["facade"]));
    }
    let of = |kind: &'static str| (sums[&(kind, "user")] + sums[&(kind, "kernel")], sums[&(kind, "kernel")]);
    let (all, kernel) = of("facade");
    let speed = format!("{} MiB/s", short(rates::median(&mut speed).round()));
    if DOWNLOADS.contains(&"reqwest") {
        table.watched("download of 256 MiB: speed ÷ reqwest", &speed, rates::median(&mut ratios), PrintOnly);
        let measured = format!("{:.0} % in the kernel", kernel / all * 100.0);
        table.watched("download of 256 MiB: CPU ÷ reqwest", &measured, all / of("reqwest").0, AtMost(1.1, 1.0));
        if child::has("valgrind") {
            let count = |kind| child::all_instructions(&["download", kind, &server.address]);
            let (ours, theirs) = (count("facade")?, count("reqwest")?);
            let what = "download of 256 MiB: instructions ÷ reqwest";
            table.watched(what, &short(ours), ours / theirs, AtMost(0.1, 0.05));
        }
    }
    table.watched("download of 256 MiB: MiB above idle", "", rates::median(&mut memory), AtMost(6.0, 6.0));
    Ok(())
}

/// Measures many tasks that are polled at the same time. The result is the longest time between two polls of the same
/// task, compared with the interval.
fn gap(table: &mut Table) -> anyhow::Result<()> {
    const SECONDS: f64 = 5.0;
    let server = ServerProcess::start()?;
    let gap = child::plain(&["waits-gap", "10000", &SECONDS.to_string(), &server.address])?["gap"] / 1e3;
    // 0 means that no poll was late, and 1 means that a poll was late by one interval.
    let late = (gap - SECONDS) / SECONDS;
    table.watched("10,000 waits: latest poll, in intervals", &format!("{} s", short(gap)), late, AtMost(1.0, 0.1));
    Ok(())
}

//! Runs all measurements in the order of the table.

use std::collections::BTreeMap;

use anyhow::ensure;

use crate::{
    child::{self, Numbers, ServerProcess},
    contenders::Workload,
    counts::{self, Counts},
    footprint, rates,
    receivers::KINDS,
    table::{
        Goal::{AtLeast, AtMost, PrintOnly},
        Table, short,
    },
};

/// Number of repetitions in each exact measurement.
const TIMES: usize = 400;

/// Measures the exact numbers, and no times. Fails if an exact number misses its limit or differs from `counts.toml`.
pub(crate) fn gate() -> anyhow::Result<()> {
    let mut table = Table::new();
    exact(&mut table)?;
    let written = Counts::read()?;
    let changes = counts::compare(&written, &table.found);
    let (here, there) = (counts::rustc(), &written.rustc);
    if !changes.is_empty() {
        println!("-- different from xtask/bench/counts.toml (to commit them: `cargo xtask bench --gate --update`):");
        changes.iter().for_each(|change| println!("   {change}"));
        if here != *there {
            println!("-- counts.toml was written with rustc {there}, this run used rustc {here}");
        }
    }
    table.verdict()?;
    ensure!(changes.is_empty(), "{} numbers differ from xtask/bench/counts.toml", changes.len());
    Ok(())
}

/// Writes the exact numbers into `counts.toml`. Numbers that rose and crates that were added need a reason.
pub(crate) fn update(why: Option<&str>) -> anyhow::Result<()> {
    let mut table = Table::new();
    exact(&mut table)?;
    let mut updated = counts::updated(&Counts::read()?, &table.found, why)?;
    updated.rustc = counts::rustc();
    updated.write()?;
    table.verdict()
}

/// Measures everything. Times are measured in several rounds, whose number is `rounds`. Fails if an exact number misses
/// its limit.
pub(crate) fn all(rounds: usize) -> anyhow::Result<()> {
    let mut table = Table::new();
    exact(&mut table)?;
    decode_times(&mut table)?;
    throughput(&mut table, rounds)?;
    callbacks(&mut table, rounds)?;
    download(&mut table, rounds)?;
    gap(&mut table)?;
    table.verdict()
}

fn exact(table: &mut Table) -> anyhow::Result<()> {
    if child::has("valgrind") {
        instructions(table)?;
    } else {
        table.note("instructions are not counted: valgrind is missing");
        table.found.left_out = Some("instructions");
    }
    allocations(table)?;
    let connects = child::plain(&["connects", &ServerProcess::start()?.address])?["connects"];
    table.exact("connections for 1,000 calls in a row", "", connects, AtMost(1.0, 1.0));
    table.found.count("connections", "1,000 calls in a row", connects);
    let memory = child::counting(&["waits-memory", "10000"])?;
    let each = format!("{} B each", short(memory["each"]));
    table.exact("10,000 waits: bytes beyond the record", &each, memory["beyond"], AtMost(2048.0, 2048.0));
    table.found.count("memory", "10,000 waits, each", memory["each"]);
    table.found.count("memory", "10,000 waits, each beyond the record", memory["beyond"]);
    for (name, features) in footprint::COUNTED {
        let crates = footprint::crates(name, features)?;
        table.exact(&format!("crates of {name}"), "", crates.len() as f64, PrintOnly);
        table.found.crates.insert(name.to_owned(), crates);
    }
    Ok(())
}

fn instructions(table: &mut Table) -> anyhow::Result<()> {
    let server = ServerProcess::start()?;
    let times = TIMES.to_string();
    for call in Workload::ALL {
        let goal = if call == Workload::Post { AtMost(2.0, 1.6) } else { AtMost(3.0, 2.6) };
        let mut pool = f64::NAN;
        for kind in kinds() {
            let all = child::instructions(&["calls", kind, call.name(), &times, &server.address])?;
            let each = all / TIMES as f64;
            table.found.count("instructions", &format!("{}, {kind}", call.name()), each);
            if kind == "pool" {
                pool = each;
            }
            let goal = if kind == "facade" { goal } else { PrintOnly };
            table.exact(&format!("{}, {kind}: instructions ÷ pool", call.name()), &short(each), each / pool, goal);
        }
    }
    let mut hand = f64::NAN;
    for kind in KINDS {
        let each = child::instructions(&["received", kind, &times])? / TIMES as f64;
        table.found.count("instructions", &format!("callback, {kind}"), each);
        if *kind == "hand" {
            hand = each;
        }
        let goal = if *kind == "receiver" { AtMost(1.0, 0.9) } else { PrintOnly };
        table.exact(&format!("callback, {kind}: instructions ÷ hand"), &short(each), each / hand, goal);
    }
    let mut of = BTreeMap::new();
    for (how, name) in [
        ("tolerant", "reading a record"),
        ("rigid", "reading a record, rigid"),
        ("validate", "checking a song"),
        ("serialise", "printing a song"),
    ] {
        let each = child::instructions(&["decode", how, &times])? / TIMES as f64;
        table.found.count("instructions", name, each);
        of.insert(how, each);
    }
    let decode = of["tolerant"] / of["rigid"];
    table.exact("reading a record: instructions ÷ rigid", &short(of["tolerant"]), decode, AtMost(1.15, 1.05));
    let check = of["validate"] / of["serialise"];
    table.exact("checking a song: instructions ÷ printing it", &short(of["validate"]), check, AtMost(0.3, 0.01));
    let mut flat = f64::NAN;
    for waits in [10, 1_000, 10_000] {
        let arguments = ["waits-polls", &waits.to_string()];
        let each = child::instructions(&arguments)? / child::plain(&arguments)?["polls"];
        table.found.count("instructions", &format!("a poll, {} waits", short(f64::from(waits))), each);
        if waits == 10 {
            flat = each;
        }
        let goal = if waits == 10 { PrintOnly } else { AtMost(1.25, 1.1) };
        table.exact(&format!("a poll, {} waits: ÷ with 10", short(f64::from(waits))), &short(each), each / flat, goal);
    }
    Ok(())
}

fn allocations(table: &mut Table) -> anyhow::Result<()> {
    let server = ServerProcess::start()?;
    let times = TIMES.to_string();
    for call in Workload::ALL {
        let goal = if call == Workload::Post { AtMost(21.0, 13.0) } else { AtMost(58.0, 50.0) };
        for kind in kinds() {
            let numbers = child::counting(&["calls", kind, call.name(), &times, &server.address])?;
            let bytes = format!("{} B", short(numbers["bytes"]));
            let goal = if kind == "facade" { goal } else { PrintOnly };
            table.found.count("allocations", &format!("{}, {kind}", call.name()), numbers["allocations"]);
            table.found.count("bytes", &format!("{}, {kind}", call.name()), numbers["bytes"]);
            table.exact(&format!("{}, {kind}: allocations", call.name()), &bytes, numbers["allocations"], goal);
        }
    }
    for kind in KINDS {
        let numbers = child::counting(&["received", kind, &times])?;
        let bytes = format!("{} B", short(numbers["bytes"]));
        let goal = if *kind == "receiver" { AtMost(20.0, 15.0) } else { PrintOnly };
        table.found.count("allocations", &format!("callback, {kind}"), numbers["allocations"]);
        table.found.count("bytes", &format!("callback, {kind}"), numbers["bytes"]);
        table.exact(&format!("callback, {kind}: allocations"), &bytes, numbers["allocations"], goal);
    }
    let verifying = child::counting(&["decode", "verify", &times])?["allocations"];
    table.found.count("allocations", "verifying a callback", verifying);
    table.exact("verifying a callback: allocations", "", verifying, AtMost(0.0, 0.0));
    let [ours, rigid] = ["tolerant", "rigid"].map(|how| child::counting(&["decode", how, &times]));
    let (ours, rigid) = (ours?["allocations"], rigid?["allocations"]);
    table.found.count("allocations", "reading a record", ours);
    table.found.count("allocations", "reading a record, rigid", rigid);
    table.exact("reading a record: allocations ÷ rigid", &short(ours), ours / rigid, PrintOnly);
    Ok(())
}

fn decode_times(table: &mut Table) -> anyhow::Result<()> {
    let time = |how| anyhow::Ok(child::pinned(0, &["decode", how, "50000"])?["ns"]);
    let (ours, rigid) = (time("tolerant")?, time("rigid")?);
    table.watched("reading a record: time ÷ rigid", &format!("{} ns", short(ours)), ours / rigid, AtMost(1.15, 1.05));
    let verifying = time("verify")? / 1e3;
    table.watched("verifying a callback: µs", "", verifying, AtMost(0.2, 0.15));
    Ok(())
}

fn throughput(table: &mut Table, rounds: usize) -> anyhow::Result<()> {
    let server = ServerProcess::start()?;
    let numbers = child::pinned(0, &["rates", &rounds.to_string(), &server.address])?;
    for call in Workload::ALL {
        for concurrency in rates::CONCURRENCY {
            let of = |what: &str| numbers[&format!("{}.{concurrency}.{what}", call.name())];
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

fn rate_goal(kind: &str, call: Workload, concurrency: usize) -> crate::table::Goal {
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
    let mut arguments = vec!["posts".to_owned(), rounds.to_string()];
    arguments.extend(servers.iter().map(|server| server.address.clone()));
    arguments.extend(servers.iter().map(|server| server.process().to_string()));
    let numbers = child::pinned(1, &arguments.iter().map(String::as_str).collect::<Vec<_>>())?;
    for concurrency in rates::CONCURRENCY {
        let of = |what: &str| numbers[&format!("{concurrency}.{what}")];
        for kind in KINDS.iter().filter(|kind| **kind != "receiver") {
            let (rate, cpu) =
                if *kind == "hand" { (AtLeast(0.95, 1.0), AtMost(1.05, 1.0)) } else { (AtLeast(1.2, 1.35), PrintOnly) };
            let what = format!("callback, {concurrency} at once: per second ÷ {kind}");
            table.watched(&what, &format!("{}/s", short(of("rate"))), of(&format!("rate.{kind}")), rate);
            let what = format!("callback, {concurrency} at once: CPU ÷ {kind}");
            table.watched(&what, &format!("{} µs", short(of("cpu"))), of(&format!("cpu.{kind}")), cpu);
        }
    }
    Ok(())
}

fn download(table: &mut Table, rounds: usize) -> anyhow::Result<()> {
    let server = ServerProcess::start()?;
    let (mut seconds, mut ratios, mut memory) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        let run = |kind| child::pinned(0, &["download", kind, &server.address]);
        let ours: Numbers = run("facade")?;
        seconds.push(ours["seconds"]);
        memory.push(ours["mib"]);
        if cfg!(feature = "peers") {
            ratios.push(run("reqwest")?["seconds"] / ours["seconds"]);
        }
    }
    let speed = format!("{} MiB/s", short((256.0 / rates::median(&mut seconds)).round()));
    if cfg!(feature = "peers") {
        table.watched("download of 256 MiB: speed ÷ reqwest", &speed, rates::median(&mut ratios), AtLeast(1.1, 1.25));
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

/// Returns the names of the clients. All later clients are compared with the first.
fn kinds() -> impl Iterator<Item = &'static str> {
    ["pool", "conn", "typed", "facade"].into_iter().chain(cfg!(feature = "peers").then_some("reqwest"))
}

/// Measures a program with the SDK and a program with reqwest and TLS. Builds each from the beginning.
pub(crate) fn footprint() -> anyhow::Result<()> {
    let mut table = Table::new();
    let [ours, theirs] = [footprint::hello_ours(), footprint::hello_reqwest()];
    let (ours, theirs) = (ours?, theirs?);
    let time = ours.seconds / theirs.seconds;
    table.watched("clean release build ÷ reqwest", &format!("{} s", short(ours.seconds)), time, AtMost(0.5, 0.45));
    let size = ours.kib / theirs.kib;
    table.watched("stripped size ÷ reqwest", &format!("{} KiB", short(ours.kib.round())), size, AtMost(0.6, 0.5));
    Ok(())
}

//! Measures the exact numbers, which are the same in each run.

use std::collections::BTreeMap;

use super::ledger;
use crate::{
    child::{self, ServerProcess},
    contenders::Workload,
    footprint,
    receivers::KINDS,
    table::{
        Goal::{AtMost, PrintOnly},
        Table, short,
    },
};

/// Number of repetitions in each exact measurement.
const TIMES: usize = 400;

pub(super) fn measure(table: &mut Table) -> anyhow::Result<()> {
    if child::has("valgrind") {
        instructions(table)?;
        ledger::instructions(table)?;
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
        let mut of = BTreeMap::new();
        for kind in kinds() {
            let all = child::instructions(&["calls", kind, call.name(), &times, &server.address])?;
            let each = all / TIMES as f64;
            table.found.count("instructions", &format!("{}, {kind}", call.name()), each);
            of.insert(kind, each);
            let goal = if (kind, call) == ("facade", Workload::Post) { AtMost(2.0, 1.6) } else { PrintOnly };
            let what = format!("{}, {kind}: instructions ÷ pool", call.name());
            table.exact(&what, &short(each), each / of["pool"], goal);
        }
        // `pool` decodes nothing, and most of the work of a poll is decoding. So a poll is compared with `typed`.
        let goal = if call == Workload::Get { AtMost(0.92, 0.88) } else { PrintOnly };
        let what = format!("{}, facade: instructions ÷ typed", call.name());
        table.exact(&what, &short(of["facade"]), of["facade"] / of["typed"], goal);
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

/// Returns the names of the clients. All later clients are compared with the first.
fn kinds() -> impl Iterator<Item = &'static str> {
    ["pool", "conn", "typed", "facade"].into_iter().chain(cfg!(feature = "full").then_some("reqwest"))
}

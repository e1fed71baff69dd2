//! Measures the ledgers of both engines, with different numbers of receipts.

use std::fs;

use crate::{
    child::{self, Numbers},
    ledger::Folder,
    rates,
    table::{
        Goal::{AtMost, PrintOnly},
        Table, short,
    },
};

/// Numbers of receipts in the ledgers.
pub(super) const SIZES: [usize; 3] = [1_000, 100_000, 1_000_000];

/// Number of processes that open one ledger at the same time.
const OPENERS: usize = 16;

/// Counts the instructions of a paid call.
pub(super) fn instructions(table: &mut Table) -> anyhow::Result<()> {
    let folder = Folder::create()?;
    let each = difference(&folder, child::all_instructions)?;
    table.found.count("instructions", "a paid call, ledger of 1,000", each);
    table.exact("paid call, ledger of 1,000: instructions", "", each, PrintOnly);
    Ok(())
}

/// Measures the ledgers: the writes to the disk for one paid call, and then times, rates and sizes with each of the
/// [`SIZES`].
pub(super) fn measure(table: &mut Table) -> anyhow::Result<()> {
    let folder = Folder::create()?;
    if child::has("strace") {
        let syncs = difference(&folder, |arguments| child::system_calls(&["fsync", "fdatasync"], arguments))?;
        // Each of the three methods syncs once. SQLite syncs twice more when it moves its log into the file, which it
        // does once in about 70 paid calls.
        table.exact("paid call, ledger of 1,000: syncs of the disk", "", syncs, AtMost(3.1, 2.0));
        let writes = difference(&folder, |arguments| child::system_calls(&["pwrite64"], arguments))?;
        table.exact("paid call, ledger of 1,000: writes to the file", "", writes, PrintOnly);
    } else {
        table.note("the ledger's writes to the disk are not counted: strace is missing");
    }
    let mut small = Numbers::new();
    for receipts in SIZES {
        let path = folder.ledger(&format!("ledger-{receipts}"), receipts)?;
        let bytes = fs::metadata(&path)?.len() as f64;
        engine(table, "SQLite", &path, receipts, bytes, &mut small)?;
        fs::remove_file(&path)?;
    }
    #[cfg(feature = "postgres")]
    postgres(table)?;
    Ok(())
}

#[cfg(feature = "postgres")]
fn postgres(table: &mut Table) -> anyhow::Result<()> {
    let Some(databases) = crate::ledger::Databases::start() else {
        table.note("the ledger in PostgreSQL is not measured: PostgreSQL is not installed");
        return Ok(());
    };
    let mut small = Numbers::new();
    for receipts in SIZES {
        let name = format!("ledger_{receipts}");
        let address = databases.ledger(&name, receipts)?;
        let bytes = databases.bytes(&name)?;
        engine(table, "PostgreSQL", &address, receipts, bytes, &mut small)?;
        databases.remove(&name)?;
    }
    Ok(())
}

/// Measures a ledger with this number of receipts and bytes. Compares the times with those in `small`, which is empty for
/// the first ledger of an engine.
fn engine(
    table: &mut Table,
    engine: &str,
    place: &str,
    receipts: usize,
    bytes: f64,
    small: &mut Numbers,
) -> anyhow::Result<()> {
    let row = |what: &str| format!("{engine}, {}: {what}", short(receipts as f64));
    let numbers = child::plain(&["ledger-times", place, &receipts.to_string()])?;
    if small.is_empty() {
        small.clone_from(&numbers);
    }
    for (key, what) in WHAT {
        let measured = milliseconds(numbers[key]);
        let goal = if receipts == SIZES[0] { PrintOnly } else { AtMost(2.0, 1.25) };
        table.watched(&row(&format!("{what} ÷ with 1,000")), &measured, numbers[key] / small[key], goal);
    }
    table.watched(&row("bytes of the disk for each receipt"), "", bytes / receipts as f64, PrintOnly);
    let opened = child::at_once(OPENERS, &["ledger-open", place])?;
    let latest = opened.iter().map(|numbers| numbers["ms"]).fold(0.0, f64::max);
    let failed: f64 = opened.iter().map(|numbers| numbers["failed"]).sum();
    let what = row(&format!("failures of {OPENERS} processes that open it"));
    table.exact(&what, &milliseconds(latest), failed, AtMost(0.0, 0.0));
    for concurrency in rates::CONCURRENCY {
        let rate = child::plain(&["ledger-rate", place, &concurrency.to_string()])?["rate"];
        table.watched(&row(&format!("paid calls/s, {concurrency} at once")), "", rate, PrintOnly);
    }
    Ok(())
}

/// Names of the measured times, and the words for them in the table.
const WHAT: [(&str, &str); 6] = [
    ("open", "open"),
    ("paid", "paid call"),
    ("find.id", "find by id"),
    ("find.name", "find by name"),
    ("find.task", "find by task"),
    ("unfinished", "unfinished"),
];

/// Calls `count` for a process that makes paid calls, and for a process that makes none. Returns the difference of the
/// two counts, divided by the number of paid calls.
fn difference(folder: &Folder, count: impl Fn(&[&str]) -> anyhow::Result<f64>) -> anyhow::Result<f64> {
    const CALLS: usize = 200;
    let run = |calls: usize| {
        let path = folder.ledger(&format!("counted-{calls}"), SIZES[0])?;
        let counted = count(&["ledger-calls", &path, &calls.to_string()])?;
        fs::remove_file(path)?;
        anyhow::Ok(counted)
    };
    Ok((run(CALLS)? - run(0)?) / CALLS as f64)
}

/// Returns a time as text, in microseconds if it is shorter than one millisecond.
fn milliseconds(time: f64) -> String {
    if time < 1.0 { format!("{} µs", short((time * 1e3).round())) } else { format!("{} ms", short(time)) }
}

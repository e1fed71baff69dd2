//! Measures the ledger, with files of different sizes.

use std::{env, fs, path::PathBuf};

use crate::{
    child::{self, Numbers},
    ledger::create,
    rates,
    table::{
        Goal::{AtMost, PrintOnly},
        Table, short,
    },
};

/// Numbers of receipts in the files.
pub(super) const SIZES: [usize; 3] = [1_000, 100_000, 1_000_000];

/// Number of processes that open one ledger at the same time.
const OPENERS: usize = 16;

/// Folder with the files of ledgers, beside this program. Dropping this value removes the folder.
struct Folder(PathBuf);

impl Folder {
    fn create() -> anyhow::Result<Self> {
        // Temporary folders may be in memory, and a ledger waits for the disk.
        let path = env::current_exe()?.with_file_name(format!("kie-bench-ledgers-{}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    /// Creates a ledger with this number of receipts, and returns its path.
    fn ledger(&self, name: &str, receipts: usize) -> anyhow::Result<String> {
        let path = self.0.join(name);
        create(&path, receipts)?;
        Ok(path.display().to_string())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Counts the instructions of a paid call.
pub(super) fn instructions(table: &mut Table) -> anyhow::Result<()> {
    let folder = Folder::create()?;
    let each = difference(&folder, child::all_instructions)?;
    table.found.count("instructions", "a paid call, ledger of 1,000", each);
    table.exact("paid call, ledger of 1,000: instructions", "", each, PrintOnly);
    Ok(())
}

/// Measures the ledger: the writes to the disk for one paid call, and then times, rates and file sizes with each of the
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
        let name = short(receipts as f64);
        let path = folder.ledger(&name, receipts)?;
        let numbers = child::plain(&["ledger-times", &path, &receipts.to_string()])?;
        if small.is_empty() {
            small.clone_from(&numbers);
        }
        for (key, what) in WHAT {
            let measured = milliseconds(numbers[key]);
            let goal = if receipts == SIZES[0] { PrintOnly } else { AtMost(2.0, 1.25) };
            let what = row(receipts, what) + " ÷ with 1,000";
            table.watched(&what, &measured, numbers[key] / small[key], goal);
        }
        table.watched(&row(receipts, "bytes of the file for each receipt"), "", numbers["bytes"], PrintOnly);
        let opened = child::at_once(OPENERS, &["ledger-open", &path])?;
        let latest = opened.iter().map(|numbers| numbers["ms"]).fold(0.0, f64::max);
        let failed: f64 = opened.iter().map(|numbers| numbers["failed"]).sum();
        let what = row(receipts, &format!("failures of {OPENERS} processes that open it"));
        table.exact(&what, &milliseconds(latest), failed, AtMost(0.0, 0.0));
        for concurrency in rates::CONCURRENCY {
            let rate = child::plain(&["ledger-rate", &path, &concurrency.to_string()])?["rate"];
            table.watched(&row(receipts, &format!("paid calls/s, {concurrency} at once")), "", rate, PrintOnly);
        }
        fs::remove_file(&path)?;
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

/// Returns the words of a row about the ledger with this number of receipts.
fn row(receipts: usize, what: &str) -> String {
    format!("ledger of {}: {what}", short(receipts as f64))
}

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

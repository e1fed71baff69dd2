//! Writes tables of costs into the README files of kie-ledger, kie-ledger-postgres and kie-transport. A mark before each table and a mark
//! after it show its place.

use std::{fs, path::Path, thread};

use anyhow::Context as _;

use crate::{
    counts::rustc,
    ledger::UNFINISHED,
    rates::CONCURRENCY,
    table::{Row, Table, short},
};

/// Engines of the table of ledgers, and numbers of receipts, as the rows of the bench print them.
const ENGINES: [&str; 2] = ["SQLite", "PostgreSQL"];
const LEDGERS: [&str; 3] = ["1,000", "100,000", "1,000,000"];

/// Writes the table of ledgers into the README files of both engines. Fails if the bench has not measured a number that the
/// table needs.
pub(crate) fn write_ledgers(table: &Table) -> anyhow::Result<()> {
    let costs = format!("{}\n{}", ledgers(table)?, machine("--ledger --readme"));
    write("kie-ledger", &costs)?;
    write("kie-ledger-postgres", &costs)
}

/// Writes the table of calls into the README file of kie-transport. Fails as [`write_ledgers`] does.
pub(crate) fn write_transport(table: &Table, rounds: usize) -> anyhow::Result<()> {
    let costs = format!("{}\n{}", transport(table)?, machine(&format!("--readme --rounds {rounds}")));
    write("kie-transport", &costs)
}

fn write(name: &str, costs: &str) -> anyhow::Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates").join(name).join("README.md");
    let page = fs::read_to_string(&path)?;
    let page = between(&page, costs).with_context(|| format!("{} has no marks for the costs", path.display()))?;
    Ok(fs::write(path, page)?)
}

/// Returns the page with a new text between the two marks.
fn between(page: &str, text: &str) -> Option<String> {
    let (begin, end) = ("<!-- costs -->\n", "<!-- /costs -->");
    let (before, rest) = page.split_once(begin)?;
    let (_, after) = rest.split_once(end)?;
    Some(format!("{before}{begin}\n{text}\n{end}{after}"))
}

/// Returns a line about the command with these options, and about the machine, without its name.
fn machine(options: &str) -> String {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let release = release.trim().split('.').take(2).collect::<Vec<_>>().join(".");
    format!(
        "`cargo xtask bench {options}` made this table on {cores} cores (`{}`) with Linux\n{release} and rustc {}. Times and \
         ratios are medians.\n",
        std::env::consts::ARCH,
        rustc()
    )
}

fn ledgers(table: &Table) -> anyhow::Result<String> {
    let columns = || ENGINES.iter().flat_map(|engine| LEDGERS.map(|receipts| (*engine, receipts)));
    let head: Vec<_> = columns().map(|(engine, receipts)| format!("{engine}, {receipts}")).collect();
    let mut text = format!("| engine, receipts | {} |\n| --- {}|\n", head.join(" | "), "| --- ".repeat(head.len()));
    let mut row = |what: &str, label: &str, cell: &dyn Fn(&Row) -> String| {
        let cells = columns().map(|(engine, receipts)| Ok(cell(table.row(&format!("{engine}, {receipts}: {label}"))?)));
        text += &format!("| {what} | {} |\n", cells.collect::<anyhow::Result<Vec<_>>>()?.join(" | "));
        anyhow::Ok(())
    };
    let measured = |row: &Row| row.measured.clone();
    let whole = |row: &Row| short(row.number.round());
    let unfinished = format!("`unfinished`, with {UNFINISHED} unfinished receipts");
    for (what, name) in [
        ("open", "open"),
        ("a paid call: `write`, `acquire_send`, `update`", "paid call"),
        ("`find` by id", "find by id"),
        ("`find` by name", "find by name"),
        ("`find` by task", "find by task"),
        (unfinished.as_str(), "unfinished"),
    ] {
        row(what, &format!("{name} ÷ with 1,000"), &measured)?;
    }
    for concurrency in CONCURRENCY {
        let what = format!("paid calls per second, {concurrency} at once");
        row(&what, &format!("paid calls/s, {concurrency} at once"), &whole)?;
    }
    let openers = "failures of 16 processes that open it";
    row("16 processes open it at the same time: the last is ready after", openers, &measured)?;
    row("… of which fail", openers, &whole)?;
    row("bytes of the disk for each receipt", "bytes of the disk for each receipt", &whole)?;
    let instructions = short(table.row("paid call, ledger of 1,000: instructions")?.number);
    text += &format!("\nA paid call in an SQLite file takes {instructions} instructions");
    // This number is missing without strace.
    if let Ok(syncs) = table.row("paid call, ledger of 1,000: syncs of the disk") {
        text += &format!(" and waits {} times for the disk", short(syncs.number.round()));
    }
    Ok(text + ".\n")
}

fn transport(table: &Table) -> anyhow::Result<String> {
    let mut text =
        String::from("| a call with kie-suno | submit (POST, 2 KB) | poll (GET, 4 KB) |\n| --- | --- | --- |\n");
    let mut row = |what: &str, cell: &dyn Fn(&str) -> anyhow::Result<String>| {
        text += &format!("| {what} | {} | {} |\n", cell("post")?, cell("get")?);
        anyhow::Ok(())
    };
    let number = |label: String| anyhow::Ok(table.row(&label)?.number);
    let measured = |label: String| anyhow::Ok(table.row(&label)?.measured.clone());
    // Returns the instructions of the SDK divided by the instructions of the client `kind`. The rows hold both numbers
    // divided by those of `pool`, which cancels out.
    let against = |call: &str, kind: &str| {
        let label = |kind: &str| format!("{call}, {kind}: instructions ÷ pool");
        Ok(short(number(label("facade"))? / number(label(kind))?))
    };
    row("instructions", &|call| measured(format!("{call}, facade: instructions ÷ pool")))?;
    row("… ÷ hand-written client", &|call| against(call, "typed"))?;
    row("… ÷ reqwest", &|call| against(call, "reqwest"))?;
    let allocations = |call: &str, kind: &str| number(format!("{call}, {kind}: allocations"));
    row("allocations", &|call| Ok(short(allocations(call, "facade")?.round())))?;
    row("… ÷ hand-written client", &|call| Ok(short(allocations(call, "facade")? / allocations(call, "typed")?)))?;
    row("… ÷ reqwest", &|call| Ok(short(allocations(call, "facade")? / allocations(call, "reqwest")?)))?;
    // One cell has the numbers for all concurrencies.
    let each = |label: &dyn Fn(usize) -> String| {
        let cells = CONCURRENCY.map(|concurrency| number(label(concurrency)).map(short));
        Ok(cells.into_iter().collect::<anyhow::Result<Vec<_>>>()?.join(" / "))
    };
    for (what, kind) in [("hand-written client", "typed"), ("reqwest", "reqwest")] {
        row(&format!("calls per second ÷ {what}, 1 / 16 / 64 at once"), &|call| {
            each(&|concurrency| format!("{call}, {concurrency} at once: calls/s ÷ {kind}"))
        })?;
        row(&format!("processor time ÷ {what}, 1 / 16 / 64 at once"), &|call| {
            each(&|concurrency| format!("{call}, {concurrency} at once: CPU ÷ {kind}"))
        })?;
    }
    for (what, label) in [
        ("calls per second: TLS ÷ without TLS, 1 / 16 / 64 at once", "TLS: calls/s ÷ plain"),
        ("processor time: TLS ÷ without TLS, 1 / 16 / 64 at once", "TLS: CPU ÷ plain"),
        ("calls per second: HTTP/2 ÷ HTTP/1.1 with TLS, 1 / 16 / 64 at once", "HTTP/2: calls/s ÷ HTTP/1.1"),
    ] {
        row(what, &|call| each(&|concurrency| format!("{call}, {concurrency} at once, {label}")))?;
    }
    text += "\n| connections and files | |\n| --- | --- |\n";
    for (what, label) in [
        ("connections for 1,000 calls in a row", "connections for 1,000 calls in a row"),
        ("TLS handshakes for 1,000 calls in a row", "TLS: handshakes for 1,000 calls in a row"),
        ("TLS handshakes for two bursts of 64 calls", "TLS: handshakes for two bursts of 64 calls"),
        ("HTTP/2 connections for 64 calls at once", "HTTP/2: handshakes for 64 calls at once"),
        ("speed of a download of 256 MiB ÷ reqwest", "download of 256 MiB: speed ÷ reqwest"),
        ("processor time of the download ÷ reqwest", "download of 256 MiB: CPU ÷ reqwest"),
        ("memory of the download, in MiB", "download of 256 MiB: MiB above idle"),
    ] {
        text += &format!("| {what} | {} |\n", short(number(label.to_owned())?));
    }
    text += "\nThe hand-written client uses the connection pool of hyper-util, serde, and fixed structs. It has no checks, no rate\n\
             limit, no retries and no timeouts. All clients are built without LTO, and kie-suno is built with `http2`.\n";
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn only_the_text_between_the_marks_is_replaced() {
        let page = "# Head\n<!-- costs -->\nold\n<!-- /costs -->\nfoot\n";
        let renewed = "# Head\n<!-- costs -->\n\nnew\n\n<!-- /costs -->\nfoot\n";
        assert_eq!(between(page, "new\n").as_deref(), Some(renewed));
        assert_eq!(between(renewed, "new\n").as_deref(), Some(renewed));
        assert_eq!(between("no marks", "new\n"), None);
    }
}

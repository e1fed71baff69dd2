//! Runs all measurements in the order of the table.

mod exact;
mod ledger;
mod times;
#[cfg(feature = "full")]
mod tls;

use anyhow::ensure;

use crate::{
    child,
    counts::{self, Counts},
    footprint, readme,
    table::{Goal::AtMost, Table, short},
};

/// Measures only the numbers that are the same in each run, and no times. Fails if such a number is beyond its limit or
/// differs from `counts.toml`.
pub(crate) fn gate() -> anyhow::Result<()> {
    let mut table = Table::new();
    exact::measure(&mut table)?;
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
    exact::measure(&mut table)?;
    let mut updated = counts::updated(&Counts::read()?, &table.found, why)?;
    updated.rustc = counts::rustc();
    updated.write()?;
    table.verdict()
}

/// Measures everything. Times are measured in `rounds` rounds. Fails if an exact number is beyond its limit.
pub(crate) fn all(rounds: usize) -> anyhow::Result<()> {
    everything(rounds)?.verdict()
}

/// Measures everything, and writes tables of costs into the README files of three crates.
pub(crate) fn readme(rounds: usize) -> anyhow::Result<()> {
    ensure_valgrind()?;
    let table = everything(rounds)?;
    readme::write_ledgers(&table)?;
    readme::write_transport(&table, rounds)?;
    table.verdict()
}

fn ensure_valgrind() -> anyhow::Result<()> {
    ensure!(child::has("valgrind"), "the README files need the number of instructions, and valgrind is missing");
    Ok(())
}

fn everything(rounds: usize) -> anyhow::Result<Table> {
    let mut table = Table::new();
    exact::measure(&mut table)?;
    times::measure(&mut table, rounds)?;
    #[cfg(feature = "full")]
    tls::measure(&mut table, rounds)?;
    ledger::measure(&mut table)?;
    Ok(table)
}

/// Measures the ledgers of both engines.
pub(crate) fn ledger() -> anyhow::Result<()> {
    let mut table = Table::new();
    ledger::measure(&mut table)?;
    table.verdict()
}

/// Measures the ledgers of both engines, and writes the table of their costs into the README files of two crates.
pub(crate) fn ledger_readme() -> anyhow::Result<()> {
    ensure_valgrind()?;
    let mut table = Table::new();
    ledger::instructions(&mut table)?;
    ledger::measure(&mut table)?;
    readme::write_ledgers(&table)?;
    table.verdict()
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

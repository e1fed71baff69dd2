//! Measures ledgers in SQLite files and in PostgreSQL, with few and with many receipts. A paid call is what the SDK does
//! with the ledger for one submit: it writes a receipt, acquires the permission to send, and records the response.
//!
//! The place of a ledger is the path of a file or the address of a database.

#[cfg(feature = "postgres")]
mod postgres;
mod samples;
mod sqlite;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::ensure;
use kie_ledger::{Ledger, ReceiptId, ReceiptKey, SendId, SendPermit, SqliteLedger};
use tokio::task::JoinSet;

#[cfg(feature = "postgres")]
pub(crate) use postgres::Databases;
pub(crate) use samples::UNFINISHED;
pub(crate) use sqlite::Folder;

use crate::{print_number, rates::median, runtime};

/// Rate limit that no call waits for: the maximum number of sends in a span.
const RATE: (usize, Duration) = (1_000, Duration::from_millis(1));

/// Opens the ledger at this place.
async fn open_at(place: &str) -> anyhow::Result<Arc<dyn Ledger>> {
    #[cfg(feature = "postgres")]
    if place.starts_with("postgres://") {
        return Ok(Arc::new(kie_ledger_postgres::PostgresLedger::connect(place).await?));
    }
    Ok(Arc::new(SqliteLedger::open(place).await?))
}

/// Makes paid calls one after the other, while another program counts the instructions or system calls of this process.
/// The counts of a second process, with `calls` 0, are subtracted from the counts of this process.
pub(crate) fn calls(place: &str, calls: usize) -> anyhow::Result<()> {
    /// Number of calls before the counted ones. The first write removes old receipts.
    const WARM: usize = 10;
    runtime()?.block_on(async {
        let ledger = open_at(place).await?;
        for _ in 0..WARM + calls {
            paid(&*ledger).await?;
        }
        Ok(())
    })
}

/// Opens the ledger once. Prints the time in milliseconds (`ms`), and a number that is 1 if the ledger was not opened
/// and 0 if it was opened (`failed`).
pub(crate) fn open(place: &str) -> anyhow::Result<()> {
    let begin = Instant::now();
    let opened = runtime()?.block_on(open_at(place));
    print_number("ms", milliseconds(begin));
    if let Err(error) = &opened {
        eprintln!("the ledger was not opened: {error}");
    }
    print_number("failed", f64::from(u8::from(opened.is_err())));
    Ok(())
}

/// Prints median times in milliseconds. The ledger has this number of receipts.
pub(crate) fn times(place: &str, receipts: usize) -> anyhow::Result<()> {
    runtime()?.block_on(async {
        let mut times = Vec::new();
        for _ in 0..9 {
            let begin = Instant::now();
            drop(open_at(place).await?);
            times.push(milliseconds(begin));
        }
        print_number("open", median(&mut times));

        let ledger = open_at(place).await?;
        times.clear();
        for _ in 0..20 {
            let begin = Instant::now();
            ensure!(first_page(&*ledger).await? == UNFINISHED, "the ledger has lost a receipt");
            times.push(milliseconds(begin));
        }
        print_number("unfinished", median(&mut times));

        let [mut by_id, mut by_name, mut by_task] = [const { Vec::new() }; 3];
        for index in 0..200 {
            let name = samples::name(1 + index * (receipts - 1) / 200);
            let (receipt, time) = found(&*ledger, ReceiptKey::Name(&name)).await?;
            by_name.push(time);
            by_id.push(found(&*ledger, ReceiptKey::Id(receipt.id)).await?.1);
            by_task.push(found(&*ledger, ReceiptKey::Task(&receipt.task_id.unwrap_or_default())).await?.1);
        }
        print_number("find.id", median(&mut by_id));
        print_number("find.name", median(&mut by_name));
        print_number("find.task", median(&mut by_task));

        times.clear();
        for _ in 0..200 {
            let begin = Instant::now();
            paid(&*ledger).await?;
            times.push(milliseconds(begin));
        }
        print_number("paid", median(&mut times));
        Ok(())
    })
}

/// Makes paid calls, of which `concurrency` are made at the same time. Prints the number of calls per second.
pub(crate) fn rate(place: &str, concurrency: usize) -> anyhow::Result<()> {
    // With one call at a time, a disk makes some hundred calls per second.
    let each = if concurrency == 1 { 300 } else { 100 };
    runtime()?.block_on(async {
        let ledger = open_at(place).await?;
        paid(&*ledger).await?;
        let mut workers = JoinSet::new();
        let begin = Instant::now();
        for _ in 0..concurrency {
            let ledger = ledger.clone();
            workers.spawn(async move {
                for _ in 0..each {
                    paid(&*ledger).await?;
                }
                anyhow::Ok(())
            });
        }
        while let Some(done) = workers.join_next().await {
            done??;
        }
        print_number("rate", (concurrency * each) as f64 / begin.elapsed().as_secs_f64());
        Ok(())
    })
}

/// Makes one paid call.
async fn paid(ledger: &dyn Ledger) -> anyhow::Result<()> {
    // The name and the task differ from those of all other calls.
    let unique = ReceiptId::random()?.to_string();
    let receipt = samples::receipt(unique.clone())?;
    ensure!(ledger.write(&receipt).await?.is_none(), "the name is in use");
    let permit = ledger.acquire_send(receipt.id, SendId::random()?, RATE.0, RATE.1).await?;
    ensure!(permit == SendPermit::Granted, "the send is not permitted: {permit:?}");
    ledger.update(receipt.id, &samples::answered(unique)).await?;
    Ok(())
}

/// Returns the number of unfinished receipts in the first page, which has room for all of them.
async fn first_page(ledger: &dyn Ledger) -> anyhow::Result<usize> {
    Ok(ledger.unfinished(None, UNFINISHED + 1).await?.len())
}

async fn found(ledger: &dyn Ledger, key: ReceiptKey<'_>) -> anyhow::Result<(kie_ledger::Receipt, f64)> {
    let begin = Instant::now();
    let receipt = ledger.find(key).await?;
    let time = milliseconds(begin);
    Ok((receipt.ok_or_else(|| anyhow::anyhow!("the ledger has no receipt {key:?}"))?, time))
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1e3
}

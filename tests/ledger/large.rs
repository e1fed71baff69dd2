//! A file of many receipts: opening it costs what a small one costs, and old receipts go without anybody waiting.

use std::{
    path::Path,
    time::{Duration, Instant, SystemTime},
};

use kie_ledger::SqliteLedger;
use kie_suno::receipts::{Ledger as _, Receipt, ReceiptUpdate, SendPermit};
use rusqlite::Connection;
use tokio::task::JoinSet;

use crate::setup::children::run_all;

const OPENERS: usize = 16;

/// Number of receipts in a large file.
const MANY: i64 = 20_000;

/// Writes finished receipts without names into the file, which changed this long ago, all at once.
async fn fill(path: &Path, receipts: i64, age: Duration) {
    let ledger = SqliteLedger::open(path).await.unwrap();
    let mut finished = Receipt::new("generate-music", format!("{:500}", "")).unwrap();
    finished.apply(&ReceiptUpdate::Saved { files: Vec::new() }, SystemTime::now());
    finished.changed = SystemTime::now() - age;
    drop(ledger);
    let file = Connection::open(path).unwrap();
    let many = "
        WITH numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < ?1)
        INSERT INTO receipts (receipt) SELECT json_set(?2, '$.id', printf('%032x', number)) FROM numbers
    ";
    assert_eq!(file.execute(many, (receipts, serde_json::to_string(&finished).unwrap())).unwrap(), receipts as usize);
}

fn count(path: &Path) -> i64 {
    let file = Connection::open(path).unwrap();
    file.query_row("SELECT count(*) FROM receipts WHERE is_finished", (), |row| row.get(0)).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_connections_open_a_large_one_and_pay_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    fill(&path, MANY, Duration::ZERO).await;
    let mut opening = JoinSet::new();
    for _ in 0..OPENERS {
        let path = path.clone();
        opening.spawn(async move {
            let ledger = SqliteLedger::open(path).await.unwrap();
            let receipt = Receipt::new("generate-music", "{}").unwrap();
            assert_eq!(ledger.write(&receipt).await.unwrap(), None);
            let span = Duration::from_secs(10);
            assert_eq!(ledger.acquire_send(receipt.id, OPENERS, span).await.unwrap(), SendPermit::Granted(1));
            ledger.update(receipt.id, &ReceiptUpdate::Named { task_id: receipt.id.to_string() }).await.unwrap();
        });
    }
    assert_eq!(opening.join_all().await.len(), OPENERS);
    let ledger = SqliteLedger::open(&path).await.unwrap();
    assert_eq!(ledger.unfinished().await.unwrap().len(), OPENERS);
    assert_eq!(count(&path), MANY);
}

#[tokio::test]
async fn sixteen_processes_open_a_large_one_and_pay_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    fill(&path, MANY, Duration::ZERO).await;
    let told = run_all(OPENERS, &["departs-and-claims", path.to_str().unwrap(), "1", "1000", "1000"]).await;
    assert_eq!(told.len(), OPENERS);
    let ledger = SqliteLedger::open(&path).await.unwrap();
    assert_eq!(ledger.unfinished().await.unwrap().len(), OPENERS + 1, "one is common to all");
}

/// A process that opens a ledger may only read it, and one that writes must not stop it.
#[tokio::test]
async fn it_opens_and_is_read_while_another_process_writes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    fill(&path, 10, Duration::ZERO).await;
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let start = Instant::now();
    let ledger = SqliteLedger::open(&path).await.unwrap();
    assert_eq!(ledger.unfinished().await.unwrap(), []);
    assert!(start.elapsed() < Duration::from_secs(5), "it waits for no lock, which would be for ten seconds");
}

#[tokio::test]
async fn old_receipts_go_in_batches_after_writes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let old = 1_000;
    fill(&path, old, Duration::from_secs(63 * 24 * 60 * 60)).await;
    let ledger = SqliteLedger::open(&path).await.unwrap();
    assert_eq!(ledger.unfinished().await.unwrap(), []);
    assert_eq!(count(&path), old, "who only reads clears nothing");

    let receipt = Receipt::new("generate-music", "{}").unwrap();
    ledger.write(&receipt).await.unwrap();
    // A read waits until the batch is done.
    ledger.unfinished().await.unwrap();
    let left = count(&path);
    assert!((1..old).contains(&left), "{left} are left after one write");
    for _ in 0..10 {
        ledger.claim(receipt.id, "ann", Duration::ZERO).await.unwrap();
    }
    ledger.unfinished().await.unwrap();
    assert_eq!(count(&path), 0);
}

/// A process that lives for months opens its ledger once.
#[tokio::test(flavor = "multi_thread")]
async fn old_receipts_go_from_a_process_that_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = SqliteLedger::open(&path).await.unwrap();
    let receipt = Receipt::new("generate-music", "{}").unwrap();
    ledger.write(&receipt).await.unwrap();
    fill(&path, 10, Duration::from_secs(63 * 24 * 60 * 60)).await;
    let mut writes = 0;
    while count(&path) > 0 {
        ledger.claim(receipt.id, "ann", Duration::ZERO).await.unwrap();
        writes += 1;
        assert!(writes < 1_000, "they are still there after {writes} writes");
    }
}

//! A ledger file with many receipts. It can be opened without a long wait. Old receipts are removed after writes.

use std::{
    path::Path,
    time::{Duration, Instant, SystemTime},
};

use kie_ledger::SqliteLedger;
use kie_suno::receipts::{Ledger as _, Receipt, ReceiptUpdate, SendId, SendPermit};
use rusqlite::Connection;
use tokio::task::JoinSet;

use crate::setup::children::run_all;

/// Number of connections, or of processes, that open the file at the same time.
const OPENERS: usize = 16;

/// Number of receipts in the large file.
const MANY: i64 = 20_000;

/// Adds `receipts` finished receipts without a name to a ledger file. Creates the file if it does not exist. `age` is
/// the time since the last change of each receipt. One SQL statement writes all receipts.
async fn fill(path: &Path, receipts: i64, age: Duration) {
    let ledger = SqliteLedger::open(path).await.unwrap();
    let mut finished = Receipt::new("generate-music", format!("{:500}", "")).unwrap();
    finished.apply(&ReceiptUpdate::Saved { files: Vec::new() }, SystemTime::now());
    finished.changed = SystemTime::now() - age;
    drop(ledger);
    let file = Connection::open(path).unwrap();
    let insert = "
        WITH numbers (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < ?1)
        INSERT INTO receipts (receipt) SELECT json_set(?2, '$.id', printf('%032x', number)) FROM numbers
    ";
    assert_eq!(file.execute(insert, (receipts, serde_json::to_string(&finished).unwrap())).unwrap(), receipts as usize);
}

/// Returns the number of finished receipts in the file.
fn count(path: &Path) -> i64 {
    let file = Connection::open(path).unwrap();
    file.query_row("SELECT count(*) FROM receipts WHERE is_finished", (), |row| row.get(0)).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn sixteen_connections_open_a_large_file_and_write_at_the_same_time() {
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
            let send = ledger.acquire_send(receipt.id, SendId::new(1), OPENERS, span).await;
            assert_eq!(send.unwrap(), SendPermit::Granted);
            ledger.update(receipt.id, &ReceiptUpdate::Named { task_id: receipt.id.to_string() }).await.unwrap();
        });
    }
    assert_eq!(opening.join_all().await.len(), OPENERS);
    let ledger = SqliteLedger::open(&path).await.unwrap();
    assert_eq!(ledger.unfinished(None, usize::MAX).await.unwrap().len(), OPENERS);
    assert_eq!(count(&path), MANY);
}

#[tokio::test]
async fn sixteen_processes_open_a_large_file_and_write_at_the_same_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    fill(&path, MANY, Duration::ZERO).await;
    let lines = run_all(OPENERS, &["sends-and-claims", path.to_str().unwrap(), "1", "1000", "1000"]).await;
    assert_eq!(lines.len(), OPENERS);
    let ledger = SqliteLedger::open(&path).await.unwrap();
    assert_eq!(
        ledger.unfinished(None, usize::MAX).await.unwrap().len(),
        OPENERS + 1,
        "each process writes one receipt, and all processes share one more"
    );
}

/// A process may open a ledger only to read it. Another process that writes must not block this process.
#[tokio::test]
async fn a_file_can_be_opened_and_read_while_another_connection_writes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    fill(&path, 10, Duration::ZERO).await;
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let start = Instant::now();
    let ledger = SqliteLedger::open(&path).await.unwrap();
    assert_eq!(ledger.unfinished(None, usize::MAX).await.unwrap(), []);
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "opening waited for a lock, for which the timeout is ten seconds"
    );
}

#[tokio::test]
async fn old_receipts_are_removed_in_batches_after_writes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let old = 1_000;
    fill(&path, old, Duration::from_secs(63 * 24 * 60 * 60)).await;
    let ledger = SqliteLedger::open(&path).await.unwrap();
    assert_eq!(ledger.unfinished(None, usize::MAX).await.unwrap(), []);
    assert_eq!(count(&path), old, "calls that only read remove nothing");

    let receipt = Receipt::new("generate-music", "{}").unwrap();
    ledger.write(&receipt).await.unwrap();
    // This read runs after the batch, so the batch is complete when the read returns.
    ledger.unfinished(None, usize::MAX).await.unwrap();
    let remaining = count(&path);
    assert!((1..old).contains(&remaining), "{remaining} old receipts remain after one write");
    for _ in 0..10 {
        ledger.claim(receipt.id, "ann", Duration::ZERO).await.unwrap();
    }
    ledger.unfinished(None, usize::MAX).await.unwrap();
    assert_eq!(count(&path), 0);
}

/// A process that runs for months opens its ledger only once. So old receipts must also be removed long after the
/// opening.
#[tokio::test(flavor = "multi_thread")]
async fn old_receipts_are_removed_while_a_ledger_stays_open() {
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
        assert!(writes < 1_000, "old receipts remain after {writes} writes");
    }
}

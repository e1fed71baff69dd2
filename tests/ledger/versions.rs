//! A ledger file of an earlier version opens, and its receipts have the same meaning.

use std::{fs, path::Path, time::Duration};

use kie_ledger::SqliteLedger;
use kie_suno::receipts::{CallbackRecord, Ledger as _, Receipt, ReceiptId, ReceiptKey, ReceiptState, SendPermit};
use rusqlite::Connection;
use tempfile::TempDir;

/// Unfinished receipts of version 1, by their number in the file.
const UNFINISHED: [usize; 7] = [1, 2, 3, 5, 6, 7, 9];

/// Returns a copy of the file that schema version 1 wrote, and its receipts as that version read them.
fn version_1() -> (TempDir, Vec<Receipt>) {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/ledgers");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    fs::copy(fixtures.join("version-1.db"), &path).unwrap();
    let version: i64 =
        Connection::open(&path).unwrap().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, 1, "the fixture was written by the first version");
    let receipts = serde_json::from_slice(&fs::read(fixtures.join("version-1.json")).unwrap()).unwrap();
    (folder, receipts)
}

async fn open(folder: &TempDir) -> SqliteLedger {
    SqliteLedger::open(folder.path().join("ledger.db")).await.unwrap()
}

#[tokio::test]
async fn version_1_opens_with_every_receipt_as_it_was() {
    let (folder, receipts) = version_1();
    assert_eq!(receipts.len(), 12);
    let ledger = open(&folder).await;
    for receipt in &receipts {
        assert_eq!(ledger.find(ReceiptKey::Id(receipt.id)).await.unwrap().as_ref(), Some(receipt));
        if let Some(name) = &receipt.name {
            assert_eq!(ledger.find(ReceiptKey::Name(name)).await.unwrap().as_ref(), Some(receipt));
        }
        if let Some(task) = &receipt.task_id {
            assert_eq!(ledger.find(ReceiptKey::Task(task)).await.unwrap().as_ref(), Some(receipt));
        }
    }
    let unfinished: Vec<Receipt> = UNFINISHED.iter().map(|number| receipts[number - 1].clone()).collect();
    assert_eq!(ledger.unfinished().await.unwrap(), unfinished);
}

#[tokio::test]
async fn version_1_holds_every_state_in_its_own_words() {
    let (folder, receipts) = version_1();
    let states: Vec<ReceiptState> = receipts.iter().map(|receipt| receipt.state).collect();
    use ReceiptState::{Complete, Failed, Prepared, Refused, Running, Saved, Sent};
    let expected = [Prepared, Prepared, Sent, Refused, Sent, Running, Running, Failed, Complete, Saved, Refused, Saved];
    assert_eq!(states, expected);
    // These texts come from the file itself, not from the serialiser of today.
    let file = Connection::open(folder.path().join("ledger.db")).unwrap();
    let mut rows = file.prepare("SELECT receipt FROM receipts ORDER BY number").unwrap();
    let texts: Vec<String> = rows.query_map((), |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let state = |text: &String| serde_json::from_str::<serde_json::Value>(text).unwrap()["state"].clone();
    let words = "prepared prepared sent refused sent running running failed complete saved refused saved";
    assert_eq!(texts.iter().map(state).collect::<Vec<_>>(), words.split(' ').collect::<Vec<_>>());
}

#[tokio::test]
async fn version_1_continues_where_it_stopped() {
    let (folder, receipts) = version_1();
    let ledger = open(&folder).await;
    let (most, span) = (20, Duration::from_secs(10));
    let acquire = async |number: usize| ledger.acquire_send(receipts[number - 1].id, most, span).await.unwrap();
    assert_eq!(acquire(1).await, SendPermit::Granted(1), "it was prepared and never sent");
    assert_eq!(acquire(3).await, SendPermit::Denied, "it may have been paid for");
    assert_eq!(acquire(4).await, SendPermit::Granted(2), "it was refused");
    assert_eq!(acquire(11).await, SendPermit::Denied, "it was forgotten");

    let mut again = Receipt::new("extend-music", "{}").unwrap();
    again.name = Some("order-5".into());
    assert_eq!(ledger.write(&again).await.unwrap().as_ref(), Some(&receipts[4]), "its name is taken");
    again.name = Some("order-11".into());
    assert_eq!(ledger.write(&again).await.unwrap(), None, "the name of a forgotten receipt is free");

    let mut known = CallbackRecord::new(receipts[6].task_id.clone().unwrap(), [7; 32]);
    known.kind = "complete".into();
    assert!(!ledger.receive(&known).await.unwrap(), "the callback was written before");
    let mut answer = CallbackRecord::new("4be1c0d29f7a4f7f8d0b6c1e2a3f4d03", [3; 32]);
    answer.receipt = Some(receipts[2].id);
    assert!(ledger.receive(&answer).await.unwrap());
    let found = ledger.find(ReceiptKey::Task(&answer.task_id)).await.unwrap().unwrap();
    assert_eq!((found.id, found.state), (receipts[2].id, ReceiptState::Running), "the callback has named the task");

    let held: ReceiptId = receipts[8].id;
    assert!(ledger.claim(held, "holder-2", span).await.unwrap().is_some(), "the lease of the first holder is over");
}

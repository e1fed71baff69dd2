//! A ledger file of an earlier schema version can be opened. Its receipts are the same as in the earlier version.

use std::{
    error::Error as _,
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use kie_ledger::SqliteLedger;
use kie_suno::{
    Stage,
    receipts::{
        CallbackRecord, Ledger as _, Receipt, ReceiptId, ReceiptKey, ReceiptState, ReceiptUpdate, SendId, SendPermit,
    },
};
use rusqlite::Connection;
use tempfile::TempDir;
use tokio::task::JoinSet;

/// Numbers of the unfinished receipts in the files of the earlier versions. The first receipt has number 1.
const UNFINISHED: [usize; 7] = [1, 2, 3, 5, 6, 7, 9];

/// Number of the newest schema version.
const NEWEST: i64 = 4;

fn version_1() -> (TempDir, Vec<Receipt>) {
    file_of(1)
}

/// Returns a folder with a copy of a ledger file of this schema version, and the receipts that kie-ledger read
/// from this file when this version was its newest schema version.
fn file_of(number: i64) -> (TempDir, Vec<Receipt>) {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/ledgers");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    fs::copy(fixtures.join(format!("version-{number}.db")), &path).unwrap();
    let version: i64 =
        Connection::open(&path).unwrap().pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, number, "the fixture was written by this version");
    let receipts = serde_json::from_slice(&fs::read(fixtures.join(format!("version-{number}.json"))).unwrap()).unwrap();
    (folder, receipts)
}

/// Returns the number of the file's schema version.
fn schema(folder: &TempDir) -> i64 {
    let file = Connection::open(folder.path().join("ledger.db")).unwrap();
    file.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

async fn open(folder: &TempDir) -> SqliteLedger {
    SqliteLedger::open(folder.path().join("ledger.db")).await.unwrap()
}

#[tokio::test]
async fn every_receipt_of_earlier_versions_is_read_unchanged() {
    for number in 1..NEWEST {
        let (folder, receipts) = file_of(number);
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
        assert_eq!(ledger.unfinished(None, usize::MAX).await.unwrap(), unfinished);
        assert_eq!(schema(&folder), NEWEST);
    }
}

#[tokio::test]
async fn the_file_of_version_1_has_every_state_in_the_words_of_version_1() {
    let (folder, receipts) = version_1();
    let states: Vec<ReceiptState> = receipts.iter().map(|receipt| receipt.state).collect();
    use ReceiptState::{Complete, Failed, Prepared, Refused, Running, Saved, Sent};
    let expected = [Prepared, Prepared, Sent, Refused, Sent, Running, Running, Failed, Complete, Saved, Refused, Saved];
    assert_eq!(states, expected);
    // The states are read from the file itself, because reading a receipt could translate an old word into a new one.
    let file = Connection::open(folder.path().join("ledger.db")).unwrap();
    let mut rows = file.prepare("SELECT receipt FROM receipts ORDER BY number").unwrap();
    let texts: Vec<String> = rows.query_map((), |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let state = |text: &String| serde_json::from_str::<serde_json::Value>(text).unwrap()["state"].clone();
    let words = "prepared prepared sent refused sent running running failed complete saved refused saved";
    assert_eq!(texts.iter().map(state).collect::<Vec<_>>(), words.split(' ').collect::<Vec<_>>());
}

#[tokio::test]
async fn sends_names_callbacks_and_claims_of_version_1_continue() {
    let (folder, receipts) = version_1();
    let ledger = open(&folder).await;
    let (most, span) = (20, Duration::from_secs(10));
    let send = SendId::new(1);
    let acquire = async |number: usize| ledger.acquire_send(receipts[number - 1].id, send, most, span).await.unwrap();
    assert_eq!(acquire(1).await, SendPermit::Granted, "the call was prepared and never sent");
    assert_eq!(acquire(3).await, SendPermit::Denied, "the call may have been paid for");
    assert_eq!(acquire(4).await, SendPermit::Granted, "the call was refused");
    assert_eq!(acquire(11).await, SendPermit::Denied, "the receipt was forgotten");

    let mut again = Receipt::new("extend-music", "{}").unwrap();
    again.name = Some("order-5".into());
    assert_eq!(ledger.write(&again).await.unwrap().as_ref(), Some(&receipts[4]), "another receipt has the name");
    again.name = Some("order-11".into());
    assert_eq!(ledger.write(&again).await.unwrap(), None, "the name of a forgotten receipt is free");

    let mut known = CallbackRecord::new(receipts[6].task_id.clone().unwrap(), [7; 32]);
    known.kind = "complete".into();
    assert!(!ledger.receive(&known).await.unwrap(), "the callback was recorded before");
    let mut callback = CallbackRecord::new("4be1c0d29f7a4f7f8d0b6c1e2a3f4d03", [3; 32]);
    callback.receipt = Some(receipts[2].id);
    assert!(ledger.receive(&callback).await.unwrap());
    let found = ledger.find(ReceiptKey::Task(&callback.task_id)).await.unwrap().unwrap();
    assert_eq!((found.id, found.state), (receipts[2].id, ReceiptState::Running), "the callback contained the task id");

    let held: ReceiptId = receipts[8].id;
    assert!(ledger.claim(held, "holder-2", span).await.unwrap().is_some(), "the lease of the first holder has expired");
}

/// A connection of schema version 1 writes to the file. Eight ledgers of the current version open the file at the
/// same time.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn version_1_is_migrated_while_other_connections_write() {
    let (folder, receipts) = version_1();
    let path = folder.path().join("ledger.db");
    let stop = Arc::new(AtomicBool::new(false));
    let writer = std::thread::spawn({
        let (path, stop) = (path.clone(), Arc::clone(&stop));
        move || {
            let file = Connection::open(path).unwrap();
            file.busy_timeout(Duration::from_secs(10)).unwrap();
            let mut written = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                let receipt = Receipt::new("generate-music", "{}").unwrap();
                // These are the statements that kie-ledger used with schema version 1.
                let json = serde_json::to_string(&receipt).unwrap();
                file.execute("INSERT INTO receipts (receipt) VALUES (?1)", [json]).unwrap();
                let callback = "INSERT OR IGNORE INTO arrivals (task_id, kind, digest, at) VALUES (?1, '', x'00', 1)";
                file.execute(callback, [receipt.id.to_string()]).unwrap();
                let running = "UPDATE receipts SET receipt = json_set(receipt, '$.state', 'running') WHERE id = ?1";
                assert_eq!(file.execute(running, [receipt.id.to_string()]).unwrap(), 1);
                written.push(receipt.id);
            }
            written
        }
    });
    let mut opening = JoinSet::new();
    for _ in 0..8 {
        let path = path.clone();
        opening.spawn(async move {
            let ledger = SqliteLedger::open(path).await.unwrap();
            let receipt = Receipt::new("generate-music", "{}").unwrap();
            assert_eq!(ledger.write(&receipt).await.unwrap(), None);
            receipt.id
        });
    }
    let new = opening.join_all().await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    stop.store(true, Ordering::Relaxed);
    let old = writer.join().unwrap();
    assert_eq!(schema(&folder), NEWEST);
    let ledger = open(&folder).await;
    let unfinished = ledger.unfinished(None, usize::MAX).await.unwrap();
    assert_eq!(unfinished.len(), UNFINISHED.len() + new.len() + old.len());
    for id in receipts.iter().map(|receipt| receipt.id).chain(new).chain(old) {
        assert!(ledger.find(ReceiptKey::Id(id)).await.unwrap().is_some(), "{id}");
    }
}

/// A later version may write data, states and stages that this version does not know.
#[tokio::test]
async fn unknown_data_of_a_later_version_is_kept_and_does_not_affect_other_receipts() {
    let (folder, receipts) = version_1();
    let ledger = open(&folder).await;
    let file = Connection::open(folder.path().join("ledger.db")).unwrap();
    let terms = || -> (String, Option<i64>) {
        file.query_row("SELECT route, price FROM terms WHERE number = 6", (), |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
    };
    file.execute("INSERT INTO terms (number) VALUES (6)", ()).unwrap();
    assert_eq!(terms(), ("classic".into(), None));
    file.execute("UPDATE terms SET route = 'market', price = 12000000", ()).unwrap();
    ledger.update(receipts[5].id, &ReceiptUpdate::Reached { stage: Stage::Complete }).await.unwrap();
    assert_eq!(terms(), ("market".into(), Some(12_000_000)), "a change of the receipt does not change its terms");
    let body = "INSERT INTO bodies (digest, body) VALUES (x'00', zeroblob(?1))";
    assert!(file.execute(body, [4_194_305]).unwrap_err().to_string().contains("CHECK constraint failed"));
    file.execute(body, [4_194_304]).unwrap();

    let set = |number: i64, key: &str, word: &str| {
        let statement = "UPDATE receipts SET receipt = json_set(receipt, ?1, ?2) WHERE number = ?3";
        assert_eq!(file.execute(statement, (key, word, number)).unwrap(), 1);
    };
    set(5, "$.state", "queued");
    set(7, "$.stage", "mastering");
    let readable: Vec<ReceiptId> = [1, 2, 3, 6, 9].map(|number| receipts[number - 1].id).into();
    let unfinished = ledger.unfinished(None, usize::MAX).await.unwrap();
    assert_eq!(unfinished.iter().map(|receipt| receipt.id).collect::<Vec<_>>(), readable);
    let unreadable = vec![receipts[4].id, receipts[6].id];
    for (after, id) in
        [(receipts[2].id, receipts[5].id), (unreadable[0], receipts[5].id), (receipts[5].id, receipts[8].id)]
    {
        let page = ledger.unfinished(Some(after), 1).await.unwrap();
        assert_eq!((page.len(), page[0].id), (1, id), "a page leaves out unreadable receipts, and is full");
    }
    assert_eq!(ledger.unreadable().await.unwrap(), unreadable);
    assert_eq!(Arc::new(ledger).unreadable().await.unwrap(), unreadable);

    let ledger = open(&folder).await;
    let error = ledger.find(ReceiptKey::Id(unreadable[0])).await.unwrap_err();
    let expected = format!("the receipt {} in the ledger cannot be read by this version of kie-ledger", unreadable[0]);
    assert_eq!(error.to_string(), expected);
    assert!(error.source().unwrap().to_string().contains("queued"));
    let mut again = Receipt::new("generate-music", "{}").unwrap();
    again.name = Some("order-5".into());
    assert_eq!(
        ledger.write(&again).await.unwrap_err().to_string(),
        expected,
        "the name of an unreadable receipt is taken too"
    );
    assert!(
        ledger.acquire_send(unreadable[0], SendId::new(1), 0, Duration::ZERO).await.is_err(),
        "an unreadable receipt gets no send permit"
    );
}

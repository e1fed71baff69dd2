//! The file of a ledger. It is created if it is missing, is private, and is refused if it is not a ledger.

use std::{error::Error as _, fs, path::Path};

use kie_ledger::SqliteLedger;
use kie_suno::{
    errors::LedgerError,
    receipts::{Ledger as _, Receipt},
};
use rusqlite::Connection;
use tokio::task::JoinSet;

async fn refusal(path: &Path) -> LedgerError {
    let error = SqliteLedger::open(path).await.expect_err("this is not a ledger");
    println!("{error}: {:?}", error.source().map(ToString::to_string));
    error
}

#[tokio::test]
async fn it_is_created_with_its_folders_and_only_for_its_owner() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("share/kie/ledger.db");
    let ledger = SqliteLedger::open(&path).await.unwrap();
    ledger.write(&Receipt::new("generate-music", "{}").unwrap()).await.unwrap();
    assert_eq!(ledger.path(), path);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(path.parent().unwrap()), 0o700);
        let files: Vec<_> = fs::read_dir(path.parent().unwrap()).unwrap().map(|file| file.unwrap().path()).collect();
        assert!(files.len() >= 2, "SQLite keeps a log beside it: {files:?}");
        for file in files {
            assert_eq!(mode(&file), 0o600, "{}", file.display());
        }
    }
}

#[tokio::test]
async fn a_relative_path_with_a_meaning_for_sqlite_is_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(":memory:");
    drop(SqliteLedger::open(&path).await.unwrap());
    assert!(path.is_file());
    assert!(refusal(Path::new("")).await.to_string().contains("cannot be opened"));
}

#[tokio::test]
async fn a_folder_a_text_and_a_foreign_database_are_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    assert!(refusal(folder.path()).await.to_string().contains("cannot be opened"));

    let text = folder.path().join("songs.txt");
    fs::write(&text, "a slow waltz\n".repeat(1000)).unwrap();
    let before = fs::read(&text).unwrap();
    assert_eq!(refusal(&text).await.to_string(), "the file is not a ledger");
    assert_eq!(fs::read(&text).unwrap(), before);
    let below = refusal(&text.join("ledger.db")).await;
    assert!(below.to_string().contains("cannot be opened"), "{below}");

    let foreign = folder.path().join("addresses.db");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE addresses (name TEXT)").unwrap();
    let before = fs::read(&foreign).unwrap();
    assert!(refusal(&foreign).await.to_string().contains("another program's database"));
    assert_eq!(fs::read(&foreign).unwrap(), before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_can_create_it_at_once() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..12 {
        let path = folder.path().join(number.to_string());
        let mut opening = JoinSet::new();
        for _ in 0..8 {
            opening.spawn(SqliteLedger::open(path.clone()));
        }
        while let Some(opened) = opening.join_next().await {
            opened.unwrap().unwrap();
        }
    }
}

#[tokio::test]
async fn one_of_a_newer_version_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    drop(SqliteLedger::open(&path).await.unwrap());
    for version in [1000, -1] {
        Connection::open(&path).unwrap().pragma_update(None, "user_version", version).unwrap();
        assert!(refusal(&path).await.to_string().contains("newer version"));
    }
}

#[tokio::test]
async fn a_damaged_one_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    drop(SqliteLedger::open(&path).await.unwrap());
    let mut bytes = fs::read(&path).unwrap();
    let first_page = 4096;
    bytes[first_page..].fill(0xff);
    fs::write(&path, bytes).unwrap();
    let error = match SqliteLedger::open(&path).await {
        Ok(ledger) => ledger.unfinished(None, usize::MAX).await.unwrap_err(),
        Err(error) => error,
    };
    assert_eq!(error.to_string(), "the ledger is damaged");
}

/// Only for Unix, where a file can be moved or removed while it is open.
#[cfg(unix)]
#[tokio::test]
async fn one_that_is_removed_while_it_is_open_permits_no_more_sends() {
    use kie_suno::receipts::{CallbackRecord, ReceiptKey, ReceiptState, ReceiptUpdate, SendId};
    use std::time::Duration;

    let folder = tempfile::tempdir().unwrap();
    let (path, elsewhere) = (folder.path().join("ledger.db"), folder.path().join("elsewhere.db"));
    let receipt = Receipt::new("generate-music", "{}").unwrap();
    for replaced in [false, true] {
        let ledger = SqliteLedger::open(&path).await.unwrap();
        ledger.write(&receipt).await.unwrap();
        fs::rename(&path, &elsewhere).unwrap();
        if replaced {
            fs::write(&path, "").unwrap();
        }
        let says = |error: LedgerError| {
            let said = error.to_string();
            assert!(
                said.contains(path.to_str().unwrap()) && said.ends_with("was moved or removed while it was open"),
                "{said}"
            );
        };
        says(ledger.write(&Receipt::new("generate-music", "{}").unwrap()).await.unwrap_err());
        says(ledger.acquire_send(receipt.id, SendId::new(1), 20, Duration::from_secs(10)).await.unwrap_err());
        says(ledger.claim(receipt.id, "ann", Duration::from_secs(10)).await.unwrap_err());
        says(ledger.receive(&CallbackRecord::new("task", [7; 32])).await.unwrap_err());
        // An event that has happened is still written, to the moved file. The error says that the file was moved.
        says(ledger.update(receipt.id, &ReceiptUpdate::Named { task_id: "task".into() }).await.unwrap_err());
        fs::rename(&elsewhere, &path).unwrap();
        let back = ledger.find(ReceiptKey::Id(receipt.id)).await.unwrap().unwrap();
        assert_eq!((back.state, back.sends), (ReceiptState::Running, 0));
        assert!(ledger.write(&Receipt::new("generate-music", "{}").unwrap()).await.unwrap().is_none(), "it is back");
        drop(ledger);
    }
}

//! A ledger that may be read and not written.
#![cfg(unix)]

use std::{
    fs,
    os::unix::{fs::PermissionsExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    time::Duration,
};

use kie_ledger::SqliteLedger;
use kie_suno::receipts::{Ledger as _, Receipt, ReceiptId, ReceiptUpdate};
use tempfile::TempDir;

use crate::setup::children::Child;

const NOBODY: u32 = 65_534;

/// A user whom permissions do not bind runs the child as one whom they do.
fn is_root(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(folder).unwrap().uid() == 0
}

struct Kept {
    folder: TempDir,
    path: PathBuf,
    running: ReceiptId,
}

impl Kept {
    /// A ledger with two receipts, one of them finished.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("100% of ?books#");
        let path = below.join("ledger.db");
        let ledger = SqliteLedger::open(&path).await.unwrap();
        let [running, saved] = [(); 2].map(|()| Receipt::new("generate-music", "{}").unwrap());
        for receipt in [&running, &saved] {
            ledger.write(receipt).await.unwrap();
        }
        ledger.update(saved.id, &ReceiptUpdate::Saved { files: Vec::new() }).await.unwrap();
        drop(ledger);
        let kept = Self { folder, path, running: running.id };
        // The file is closed as soon as the thread that wrote last has ended.
        while kept.files().len() > 1 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        kept
    }

    fn allow(&self, path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    /// Lets another process read the ledger and try to write, and returns what it told.
    async fn reads(&self) -> Vec<(String, String)> {
        self.allow(self.folder.path(), 0o755);
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_kie-tests-child"));
        if is_root(self.folder.path()) {
            // A copy, for that user may not come to where the original is.
            let copy = self.folder.path().join("child");
            fs::copy(env!("CARGO_BIN_EXE_kie-tests-child"), &copy).unwrap();
            let mut bound = std::process::Command::new(copy);
            bound.uid(NOBODY).gid(NOBODY);
            command = bound.into();
        }
        command.args(["reads", self.path.to_str().unwrap()]);
        let mut child = Child::of(command);
        let told = child.rest().await;
        assert!(child.succeeds().await);
        told
    }

    fn expected(&self) -> Vec<(String, String)> {
        let says = format!("the ledger {} is read-only", self.path.display());
        let told = [("unfinished", self.running.to_string()), ("found", self.running.to_string())];
        let refused = ["write", "update", "claim"].map(|_| ("refused", says.clone()));
        told.into_iter().chain(refused).map(|(word, what)| (word.to_owned(), what)).collect()
    }

    fn files(&self) -> Vec<PathBuf> {
        let mut files: Vec<_> =
            fs::read_dir(self.path.parent().unwrap()).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        files
    }
}

#[tokio::test]
async fn in_a_folder_that_cannot_be_written_is_read() {
    let kept = Kept::new().await;
    kept.allow(&kept.path, 0o444);
    kept.allow(kept.path.parent().unwrap(), 0o555);
    let (before, bytes) = (kept.files(), fs::read(&kept.path).unwrap());
    assert_eq!(kept.reads().await, kept.expected());
    assert_eq!((kept.files(), fs::read(&kept.path).unwrap()), (before, bytes), "nothing is left beside it");
    kept.allow(kept.path.parent().unwrap(), 0o755);
}

#[tokio::test]
async fn that_could_be_written_but_for_its_folder_is_read() {
    let kept = Kept::new().await;
    kept.allow(&kept.path, 0o666);
    kept.allow(kept.path.parent().unwrap(), 0o555);
    assert_eq!(kept.reads().await, kept.expected());
    kept.allow(kept.path.parent().unwrap(), 0o755);
}

#[tokio::test]
async fn in_a_folder_that_can_be_written_is_read() {
    let kept = Kept::new().await;
    kept.allow(&kept.path, 0o444);
    kept.allow(kept.path.parent().unwrap(), 0o777);
    assert_eq!(kept.reads().await, kept.expected());
}

#[tokio::test]
async fn while_another_process_has_it_open_is_read_with_what_that_wrote() {
    let mut kept = Kept::new().await;
    let ledger = SqliteLedger::open(&kept.path).await.unwrap();
    let saved = ReceiptUpdate::Saved { files: Vec::new() };
    ledger.update(kept.running, &saved).await.unwrap();
    let receipt = Receipt::new("generate-music", "{}").unwrap();
    ledger.write(&receipt).await.unwrap();
    kept.running = receipt.id;
    for file in kept.files() {
        kept.allow(&file, 0o444);
    }
    kept.allow(kept.path.parent().unwrap(), 0o555);
    assert_eq!(kept.reads().await, kept.expected());
    kept.allow(kept.path.parent().unwrap(), 0o755);
}

//! A ledger file that may be read but not written.
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

/// Id of a user and of a group without special permissions.
const UNPRIVILEGED: u32 = 65_534;

/// Returns `true` if the test runs as root. The permissions of files do not apply to root, so the child process must
/// then run as another user.
fn is_root(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(folder).unwrap().uid() == 0
}

/// A closed ledger file in a temporary folder. `running` is the id of its unfinished receipt.
struct ClosedLedger {
    folder: TempDir,
    path: PathBuf,
    running: ReceiptId,
}

impl ClosedLedger {
    /// Creates a ledger with one unfinished and one finished receipt, and closes the ledger.
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let subfolder = folder.path().join("100% of ?books#");
        let path = subfolder.join("ledger.db");
        let ledger = SqliteLedger::open(&path).await.unwrap();
        let [running, saved] = [(); 2].map(|()| Receipt::new("generate-music", "{}").unwrap());
        for receipt in [&running, &saved] {
            ledger.write(receipt).await.unwrap();
        }
        ledger.update(saved.id, &ReceiptUpdate::Saved { files: Vec::new() }).await.unwrap();
        drop(ledger);
        let ledger_file = Self { folder, path, running: running.id };
        // The thread that wrote last closes the file when the thread ends. SQLite then removes its two additional
        // files.
        while ledger_file.files().len() > 1 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        ledger_file
    }

    /// Sets the permissions of a file or a folder.
    fn set_mode(&self, path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    /// Starts a child process that reads the ledger and tries to write. Returns the lines that the process printed: a
    /// word and its value.
    async fn read_in_child(&self) -> Vec<(String, String)> {
        self.set_mode(self.folder.path(), 0o755);
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_kie-tests-child"));
        if is_root(self.folder.path()) {
            // The child runs from a copy, because the other user may have no access to the folder of the original.
            let copy = self.folder.path().join("child");
            // The program `cp` writes the copy. If this process wrote it, a child that another test starts at the same
            // time would hold the copy open for a moment, and an open file cannot be run.
            let mut copying = std::process::Command::new("cp");
            copying.args([Path::new(env!("CARGO_BIN_EXE_kie-tests-child")), &copy]);
            assert!(copying.status().unwrap().success());
            let mut unprivileged = std::process::Command::new(copy);
            unprivileged.uid(UNPRIVILEGED).gid(UNPRIVILEGED);
            command = unprivileged.into();
        }
        command.args(["reads", self.path.to_str().unwrap()]);
        let mut child = Child::of(command);
        let lines = child.rest().await;
        assert!(child.succeeds().await);
        lines
    }

    /// Returns the lines that the child process must print.
    fn expected(&self) -> Vec<(String, String)> {
        let message = format!("the ledger {} is read-only", self.path.display());
        let lines = [("unfinished", self.running.to_string()), ("found", self.running.to_string())];
        let refused = ["write", "update", "claim"].map(|_| ("refused", message.clone()));
        lines.into_iter().chain(refused).map(|(word, what)| (word.to_owned(), what)).collect()
    }

    /// Returns the paths of all files in the folder of the ledger.
    fn files(&self) -> Vec<PathBuf> {
        let mut files: Vec<_> =
            fs::read_dir(self.path.parent().unwrap()).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        files
    }
}

#[tokio::test]
async fn a_read_only_file_in_a_read_only_folder_can_be_read() {
    let ledger_file = ClosedLedger::new().await;
    ledger_file.set_mode(&ledger_file.path, 0o444);
    ledger_file.set_mode(ledger_file.path.parent().unwrap(), 0o555);
    let (before, bytes) = (ledger_file.files(), fs::read(&ledger_file.path).unwrap());
    assert_eq!(ledger_file.read_in_child().await, ledger_file.expected());
    assert_eq!(
        (ledger_file.files(), fs::read(&ledger_file.path).unwrap()),
        (before, bytes),
        "reading leaves no other file in the folder"
    );
    ledger_file.set_mode(ledger_file.path.parent().unwrap(), 0o755);
}

#[tokio::test]
async fn a_writable_file_in_a_read_only_folder_can_be_read() {
    let ledger_file = ClosedLedger::new().await;
    ledger_file.set_mode(&ledger_file.path, 0o666);
    ledger_file.set_mode(ledger_file.path.parent().unwrap(), 0o555);
    assert_eq!(ledger_file.read_in_child().await, ledger_file.expected());
    ledger_file.set_mode(ledger_file.path.parent().unwrap(), 0o755);
}

#[tokio::test]
async fn a_read_only_file_in_a_writable_folder_can_be_read() {
    let ledger_file = ClosedLedger::new().await;
    ledger_file.set_mode(&ledger_file.path, 0o444);
    ledger_file.set_mode(ledger_file.path.parent().unwrap(), 0o777);
    assert_eq!(ledger_file.read_in_child().await, ledger_file.expected());
}

#[tokio::test]
async fn a_read_only_file_that_another_process_has_open_is_read_with_the_newest_changes() {
    let mut ledger_file = ClosedLedger::new().await;
    let ledger = SqliteLedger::open(&ledger_file.path).await.unwrap();
    let saved = ReceiptUpdate::Saved { files: Vec::new() };
    ledger.update(ledger_file.running, &saved).await.unwrap();
    let receipt = Receipt::new("generate-music", "{}").unwrap();
    ledger.write(&receipt).await.unwrap();
    ledger_file.running = receipt.id;
    for file in ledger_file.files() {
        ledger_file.set_mode(&file, 0o444);
    }
    ledger_file.set_mode(ledger_file.path.parent().unwrap(), 0o555);
    assert_eq!(ledger_file.read_in_child().await, ledger_file.expected());
    ledger_file.set_mode(ledger_file.path.parent().unwrap(), 0o755);
}

//! Tests of a ledger on a full disk. The full disk is simulated by a limit for the size of the files that a process
//! writes.
#![cfg(unix)]

use std::{collections::HashSet, time::Duration};

use kie_ledger::SqliteLedger;
use kie_sandbox::{Sandbox, Speed};
use kie_suno::{
    Credits,
    receipts::{Ledger as _, ReceiptKey, ReceiptState},
};
use tokio::process::Command;

use super::size;
use crate::setup::children::Child;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_sent_without_a_receipt_in_the_full_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    drop(SqliteLedger::open(&path).await.unwrap());
    let sandbox = Sandbox::builder().speed(Speed::Instant).credits(Credits::new(1e9)).build();
    let service = sandbox.listen(([127, 0, 0, 1], 0)).await.unwrap();

    let mut tasks = 0;
    // Each limit is 1 KiB larger than the one before, so that writing fails at many different places.
    for kib in 100..100 + size(12, 200) {
        let mut command = Command::new("sh");
        // The unit of `ulimit -f` is 512 bytes. The `trap` makes a write beyond the limit return an error. Without the
        // `trap`, such a write would end the process.
        let limit = format!("trap '' XFSZ; ulimit -f {} && exec \"$@\"", 2 * kib);
        let child = env!("CARGO_BIN_EXE_kie-tests-child");
        command.args(["-c", &limit, "sh", child, "starts", path.to_str().unwrap(), &service.base_url()]);
        let mut child = Child::of(command);
        let lines = tokio::time::timeout(Duration::from_secs(60), child.rest()).await.expect("it ends");
        assert!(child.succeeds().await);
        let (started, refused): (Vec<_>, Vec<_>) = lines.iter().partition(|(word, _)| word == "started");
        assert!(refused.iter().all(|(_, error)| error.contains("ledger")), "{refused:?}");
        assert!(
            refused.len() == 3 || lines.len() == 1,
            "it was refused three times, or could not open the ledger: {lines:?}"
        );
        tasks += started.len();
        // The sandbox's journal shows that the refused calls were not sent.
        assert_eq!((sandbox.requests("generate-music").len(), sandbox.tasks().len()), (tasks, tasks), "{kib} KiB");
    }
    let ledger = SqliteLedger::open(&path).await.unwrap();
    let (mut known, mut unnoted) = (HashSet::new(), 0);
    for request in sandbox.requests("generate-music") {
        let address = request.body["callBackUrl"].as_str().unwrap();
        let receipt = address.split_once("kie_receipt=").unwrap().1.parse().unwrap();
        let receipt =
            ledger.find(ReceiptKey::Id(receipt)).await.unwrap().expect("the receipt was written before the send");
        assert!(receipt.state >= ReceiptState::Sent, "{receipt:?}");
        known.insert(receipt.id);
        unnoted += usize::from(receipt.state == ReceiptState::Sent);
    }
    assert_eq!(known.len(), tasks);
    println!(
        "disk: {tasks} songs were started before there was no room, and each has its receipt; of {unnoted} the answer \
         could not be noted"
    );
    service.stop().await;
}

//! A ledger in a file that is used in several runtimes, one after the other.

use kie_ledger::{Ledger, Receipt, SqliteLedger};
use tempfile::tempdir;
use tokio::runtime::{Builder, Runtime};

fn runtime() -> Runtime {
    Builder::new_current_thread().build().unwrap()
}

#[test]
fn a_call_fails_if_its_runtime_has_ended_and_succeeds_in_another_runtime() {
    let folder = tempdir().unwrap();
    let ended = runtime();
    let ledger = ended.block_on(SqliteLedger::open(folder.path().join("kie.db"))).unwrap();
    let handle = ended.handle().clone();
    drop(ended);
    let receipt = Receipt::new("generate-music", "{}").unwrap();
    for _ in 0..2 {
        let error = handle.block_on(ledger.write(&receipt)).unwrap_err();
        assert_eq!(error.to_string(), "the ledger's thread was stopped");
    }
    let next = runtime();
    assert_eq!(next.block_on(ledger.unfinished(None, 1)).unwrap(), [], "the failed calls have written nothing");
    assert_eq!(next.block_on(ledger.write(&receipt)).unwrap(), None);
}

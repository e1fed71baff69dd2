//! The ledgers: conformance tests, ledger files, and several processes with one file.

mod bodies;
mod files;
mod flawed;
mod large;
mod processes;
mod read_only;
mod runtimes;
mod versions;

use std::sync::Arc;

use kie_ledger::{MemoryLedger, SqliteLedger, conformance};

#[tokio::test(start_paused = true)]
async fn the_one_in_memory_conforms() {
    conformance::run(|| async { MemoryLedger::new() }).await;
    let ledger = Arc::new(MemoryLedger::new());
    conformance::is_shared(|| async { ledger.clone() }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_one_in_a_file_conforms() {
    let folder = tempfile::tempdir().unwrap();
    let number = std::cell::Cell::new(0);
    conformance::run(|| {
        number.set(number.get() + 1);
        let path = folder.path().join(number.get().to_string());
        async { SqliteLedger::open(path).await.unwrap() }
    })
    .await;
    let path = folder.path().join("shared");
    conformance::is_shared(|| async { SqliteLedger::open(&path).await.unwrap() }).await;
}

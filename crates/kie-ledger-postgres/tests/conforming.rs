//! The tests that every ledger must pass.

use kie_ledger::conformance;

use crate::setup::database;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_conforms() {
    let Some(cluster) = database() else { return };
    conformance::run(|| async { cluster.fresh().connect().await.unwrap() }).await;
    let shared = cluster.fresh();
    conformance::is_shared(|| async { shared.clone().connect().await.unwrap() }).await;
}

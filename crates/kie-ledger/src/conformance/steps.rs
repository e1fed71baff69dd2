//! Steps that the tests have in common.

use std::{future::Future, slice::from_ref, sync::Arc};

use tokio::task::JoinSet;

use crate::{
    error::LedgerError,
    ledger::{Ledger, ReceiptKey},
    receipts::Receipt,
};

/// Number of tokio tasks in a test of concurrent access. All tasks do the same action at the same time.
pub(super) const TASKS: usize = 64;

/// Returns a receipt that is not written yet.
pub(super) fn receipt(request: &str) -> Receipt {
    must(Receipt::new("generate-music", request))
}

/// Writes a new receipt into this ledger and returns the receipt.
pub(super) async fn written(ledger: &impl Ledger) -> Receipt {
    let receipt = receipt("{}");
    assert_eq!(must(ledger.write(&receipt).await), None, "a new receipt is written");
    receipt
}

pub(super) async fn find(ledger: &impl Ledger, key: ReceiptKey<'_>) -> Option<Receipt> {
    must(ledger.find(key).await)
}

/// Returns the value. Panics if the ledger returned an error.
pub(super) fn must<T>(answer: Result<T, LedgerError>) -> T {
    match answer {
        Ok(answer) => answer,
        Err(error) => panic!("the ledger failed: {error} ({:?})", std::error::Error::source(&error)),
    }
}

/// Runs the same action in [`TASKS`] tokio tasks at the same time. Returns the results of the actions. `act` is the
/// action. It gets the ledger and the number of its tokio task, from 0 to 63.
pub(super) async fn concurrently<L: Ledger, T, F>(ledger: &Arc<L>, act: impl Fn(Arc<L>, usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    concurrently_by(from_ref(ledger), act).await
}

/// Does the same as [`concurrently`] with several openers of one ledger. The tokio tasks use the openers in turn.
pub(super) async fn concurrently_by<L: Ledger, T, F>(openers: &[Arc<L>], act: impl Fn(Arc<L>, usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for (number, opener) in openers.iter().cycle().take(TASKS).enumerate() {
        tasks.spawn(act(Arc::clone(opener), number));
    }
    tasks.join_all().await
}

//! The tests that any [`Ledger`] must pass.
//!
//! A ledger of your own passes if this returns:
//!
//! ```
//! use kie_ledger::{MemoryLedger, conformance};
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() {
//!     conformance::run(|| async { MemoryLedger::new() }).await;
//! }
//! ```
//!
//! They take a few seconds by the clock of the machine. A ledger whose clock is tokio's can be tested under a paused
//! one.

// These are tests: they say what is wrong by panicking.
#![allow(clippy::expect_used, clippy::panic)]

mod callbacks;
mod claims;
mod receipts;
mod sends;

use std::{future::Future, sync::Arc};

use tokio::task::JoinSet;

use crate::{
    error::LedgerError,
    ledger::{Ledger, ReceiptKey},
    receipts::Receipt,
};

/// How many tasks do the same thing at once.
const CROWD: usize = 64;

/// Asks everything of ledgers that `fresh` makes, each of which must be empty.
///
/// # Panics
///
/// With what was expected, if the ledger does otherwise.
pub async fn run<L: Ledger, F: Future<Output = L>>(fresh: impl Fn() -> F) {
    receipts::are_written_once(fresh().await).await;
    receipts::take_in_news(fresh().await).await;
    receipts::are_unfinished_until_nobody_has_to_do_anything(fresh().await).await;
    receipts::can_be_forgotten(fresh().await).await;
    receipts::are_there_or_not_after_a_cancelled_call(fresh().await).await;
    receipts::of_one_name_have_one_winner(fresh().await).await;
    sends::happen_once(fresh().await).await;
    sends::keep_to_the_window(fresh().await).await;
    sends::have_no_window_without_a_limit(fresh().await).await;
    callbacks::are_written_once(fresh().await).await;
    callbacks::name_the_task_of_their_receipt(fresh().await).await;
    callbacks::of_a_crowd_are_written_once(fresh().await).await;
    claims::are_exclusive(fresh().await).await;
    claims::end(fresh().await).await;
    claims::of_a_crowd_have_one_holder(fresh().await).await;
}

/// Asks whether what is written in one ledger is read in another: `open` opens one and the same ledger each time.
///
/// # Panics
///
/// With what was expected, if the ledger does otherwise.
pub async fn is_shared<L: Ledger, F: Future<Output = L>>(open: impl Fn() -> F) {
    let first = open().await;
    let written = receipts::every_state(&first).await;
    let second = open().await;
    for receipt in &written {
        let read = find(&second, ReceiptKey::Id(receipt.id)).await;
        assert_eq!(read.as_ref(), Some(receipt), "a second opener reads what the first one wrote");
    }
    drop((first, second));
    let third = open().await;
    for receipt in &written {
        let read = find(&third, ReceiptKey::Id(receipt.id)).await;
        assert_eq!(read.as_ref(), Some(receipt), "what was written is still there when nobody has it open");
    }
    callbacks::are_known_to_every_opener(&third, &open().await).await;
    claims::hold_against_every_opener(&third, &open().await).await;
    sends::count_for_every_opener(&third, &open().await).await;
}

/// A receipt that is written by nobody yet.
fn receipt(request: &str) -> Receipt {
    must(Receipt::new("generate-music", request))
}

/// A receipt that is written in this ledger.
async fn written(ledger: &impl Ledger) -> Receipt {
    let receipt = receipt("{}");
    assert_eq!(must(ledger.write(&receipt).await), None, "a new receipt is written");
    receipt
}

async fn find(ledger: &impl Ledger, key: ReceiptKey<'_>) -> Option<Receipt> {
    must(ledger.find(key).await)
}

/// What the ledger answered.
fn must<T>(answer: Result<T, LedgerError>) -> T {
    match answer {
        Ok(answer) => answer,
        Err(error) => panic!("the ledger failed: {error} ({:?})", std::error::Error::source(&error)),
    }
}

/// What many tasks got who did the same thing at once, each with its own number.
async fn crowd<L: Ledger, T, F>(ledger: &Arc<L>, act: impl Fn(Arc<L>, usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for number in 0..CROWD {
        tasks.spawn(act(ledger.clone(), number));
    }
    tasks.join_all().await
}

//! Tests that every [`Ledger`] must pass.
//!
//! Put your own ledger in the place of `MemoryLedger` in this program. The ledger passes the tests of [`run`] if the
//! program returns without a panic. A ledger that several processes share must also pass [`is_shared`].
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
//! The tests take a few seconds. If a ledger uses the clock of tokio, a paused clock makes its tests faster.

// This module contains tests, and a failed test panics.
#![allow(clippy::expect_used, clippy::panic)]

mod callbacks;
mod claims;
mod feeds;
mod receipts;
mod sends;
mod steps;

use std::{future::Future, sync::Arc};

use self::steps::find;
use crate::ledger::{Ledger, ReceiptKey};

/// Runs all tests for a ledger that is used by one process. `fresh` must return a new, empty ledger each time.
///
/// # Panics
///
/// Panics if the ledger behaves differently than expected. The panic message states the expected behaviour.
pub async fn run<L: Ledger, F: Future<Output = L>>(fresh: impl Fn() -> F) {
    receipts::are_written_once(fresh().await).await;
    receipts::have_the_time_of_their_ledger(fresh().await).await;
    receipts::apply_updates(fresh().await).await;
    receipts::are_listed_until_they_are_finished(fresh().await).await;
    receipts::are_listed_in_pages(fresh().await).await;
    receipts::are_listed_newest_first(fresh().await).await;
    receipts::can_be_forgotten(fresh().await).await;
    receipts::are_atomic_if_a_call_is_cancelled(fresh().await).await;
    receipts::with_one_name_are_written_once_by_many_tasks(fresh().await).await;
    sends::happen_once(fresh().await).await;
    sends::are_denied_after_they_are_withdrawn(fresh().await).await;
    sends::stay_sent_if_their_response_is_lost(fresh().await).await;
    sends::keep_to_the_rate_limit(fresh().await).await;
    sends::are_unlimited_without_a_rate_limit(fresh().await).await;
    callbacks::are_written_once(fresh().await).await;
    callbacks::are_kept_with_their_body(fresh().await).await;
    callbacks::set_the_task_of_their_receipt(fresh().await).await;
    callbacks::set_the_task_also_if_they_are_known(fresh().await).await;
    callbacks::are_written_once_by_many_tasks(fresh().await).await;
    feeds::tell_of_each_callback(fresh().await).await;
    feeds::miss_nothing_of_many_tasks(fresh().await).await;
    claims::are_exclusive(fresh().await).await;
    claims::expire(fresh().await).await;
    claims::have_one_holder_among_many_tasks(fresh().await).await;
}

/// Runs the tests for a ledger that several processes share. `open` must open the same ledger each time.
///
/// # Panics
///
/// Panics if the ledger behaves differently than expected. The panic message states the expected behaviour.
pub async fn is_shared<L: Ledger, F: Future<Output = L>>(open: impl Fn() -> F) {
    let first = open().await;
    let written = receipts::every_state(&first).await;
    let second = open().await;
    for receipt in &written {
        let read = find(&second, ReceiptKey::Id(receipt.id)).await;
        assert_eq!(read.as_ref(), Some(receipt), "a second opener reads the receipts of the first one");
    }
    drop((first, second));
    let third = open().await;
    for receipt in &written {
        let read = find(&third, ReceiptKey::Id(receipt.id)).await;
        assert_eq!(read.as_ref(), Some(receipt), "receipts stay after all openers are dropped");
    }
    let openers = [open().await, open().await, open().await, open().await].map(Arc::new);
    sends::keep_to_the_rate_limit_together(&openers).await;
    claims::have_one_holder_among_many_openers(&openers).await;
    drop(openers);
    feeds::tell_every_opener(&third, &open().await).await;
    callbacks::are_known_to_every_opener(&third, &open().await).await;
    claims::hold_against_every_opener(&third, &open().await).await;
    sends::count_for_every_opener(&third, &open().await).await;
}

//! Tests that a claim has one holder at a time, and that it expires.

use std::{sync::Arc, time::Duration};

use tokio::time::sleep;

use super::steps::{concurrently_by, must, written};
use crate::{
    ledger::Ledger,
    receipts::{ReceiptId, ReceiptState, ReceiptUpdate},
};

const SHORT: Duration = Duration::from_millis(100);

/// Lease that is longer than any test, so a claim with this lease does not expire during the test.
const LONG: Duration = Duration::from_secs(3600);

pub(super) async fn are_exclusive(ledger: impl Ledger) {
    let receipts = [written(&ledger).await, written(&ledger).await];
    let [id, other] = [receipts[0].id, receipts[1].id];
    let claimed = must(ledger.claim(id, "ann", LONG).await);
    assert_eq!(claimed.as_ref(), Some(&receipts[0]), "the holder gets the receipt");
    assert_eq!(must(ledger.claim(id, "ben", LONG).await), None, "another holder cannot claim it");
    assert!(must(ledger.claim(id, "ann", LONG).await).is_some(), "the holder can claim it again");
    assert!(must(ledger.claim(other, "ben", LONG).await).is_some(), "another receipt can be claimed");

    must(ledger.release(id, "ben").await);
    assert_eq!(must(ledger.claim(id, "ben", LONG).await), None, "only the holder can release it");
    must(ledger.update(id, &ReceiptUpdate::Saved { files: vec!["a.mp3".into()] }).await);
    must(ledger.release(id, "ann").await);
    let next = must(ledger.claim(id, "ben", LONG).await).map(|receipt| receipt.state);
    assert_eq!(next, Some(ReceiptState::Saved), "the next holder gets the changes of the holder before");

    let unknown = must(ReceiptId::random());
    assert!(ledger.claim(unknown, "ann", LONG).await.is_err(), "an unknown receipt cannot be claimed");
    must(ledger.release(unknown, "ann").await);
    assert!(must(ledger.claim(other, "ben", Duration::MAX).await).is_some(), "no lease is too long");
    assert_eq!(must(ledger.claim(other, "ann", LONG).await), None);
}

pub(super) async fn expire(ledger: impl Ledger) {
    let id = written(&ledger).await.id;
    assert!(must(ledger.claim(id, "ann", SHORT).await).is_some());
    sleep(SHORT * 2).await;
    assert!(
        must(ledger.claim(id, "ben", LONG).await).is_some(),
        "after the lease, another holder can claim the receipt"
    );
    assert_eq!(must(ledger.claim(id, "ann", LONG).await), None, "the first holder has lost its claim");
    must(ledger.release(id, "ann").await);
    assert_eq!(must(ledger.claim(id, "ann", LONG).await), None, "releasing a lost claim changes nothing");

    let id = written(&ledger).await.id;
    assert!(must(ledger.claim(id, "ann", SHORT).await).is_some());
    assert!(must(ledger.claim(id, "ann", LONG).await).is_some(), "the holder can extend its lease");
    sleep(SHORT * 2).await;
    assert_eq!(must(ledger.claim(id, "ben", LONG).await), None, "the longer lease counts");
}

pub(super) async fn have_one_holder_among_many_tasks(ledger: impl Ledger) {
    have_one_holder_among_many_openers(&[Arc::new(ledger)]).await;
}

pub(super) async fn have_one_holder_among_many_openers<L: Ledger>(openers: &[Arc<L>]) {
    let id = written(&openers[0]).await.id;
    let answers = concurrently_by(openers, move |ledger, number| async move {
        must(ledger.claim(id, &number.to_string(), LONG).await).is_some()
    })
    .await;
    assert_eq!(
        answers.iter().filter(|claimed| **claimed).count(),
        1,
        "exactly one of the tasks that claim it at once holds it"
    );
}

pub(super) async fn hold_against_every_opener(one: &impl Ledger, other: &impl Ledger) {
    let id = written(one).await.id;
    assert!(must(one.claim(id, "ann", LONG).await).is_some());
    assert_eq!(must(other.claim(id, "ben", LONG).await), None, "a claim applies to every opener");
}

//! Departures: once for a receipt, and never too many in a span.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};

use super::{CROWD, crowd, find, must, written};
use crate::{
    ledger::{Ledger, ReceiptKey, SendPermit},
    receipts::{ReceiptId, ReceiptState, ReceiptUpdate},
};

const MOST: usize = 8;
const SPAN: Duration = Duration::from_millis(250);

/// Longer than any test takes, so that a place in it stays taken.
const LONG: Duration = Duration::from_secs(3600);

pub(super) async fn happen_once(ledger: impl Ledger) {
    let ledger = Arc::new(ledger);
    let id = written(&ledger).await.id;
    for send in 1..=2 {
        let mut answers =
            crowd(&ledger, move |ledger, _| async move { must(ledger.acquire_send(id, CROWD, LONG).await) }).await;
        let leaves = answers.iter().position(|answer| *answer == SendPermit::Granted(send));
        answers.swap_remove(leaves.expect("of all who hold a receipt, one is let go"));
        assert!(answers.iter().all(|answer| *answer == SendPermit::Denied), "and no other: {answers:?}");
        let kept = find(&ledger, ReceiptKey::Id(id)).await.map(|receipt| (receipt.state, receipt.sends));
        assert_eq!(kept, Some((ReceiptState::Sent, send)), "a departure is written");

        // What was said of the first departure says nothing of the second.
        for _ in 0..2 {
            must(ledger.update(id, &ReceiptUpdate::Refused { send: 1, reason: "slow down".into() }).await);
        }
    }
    assert_eq!(must(ledger.acquire_send(id, CROWD, LONG).await), SendPermit::Denied, "an old refusal frees nothing");

    let unknown = must(ReceiptId::random());
    assert!(ledger.acquire_send(unknown, 0, LONG).await.is_err(), "what is not written does not leave");
}

pub(super) async fn keep_to_the_window(ledger: impl Ledger) {
    let ledger = Arc::new(ledger);
    let mut sends = crowd(&ledger, |ledger, _| async move {
        let id = written(&ledger).await.id;
        leave(&*ledger, id).await
    })
    .await;
    // Each happened between its question and its answer.
    sends.sort_by_key(|(_, answered)| *answered);
    for window in sends.windows(MOST + 1) {
        let (asked, answered) = (window[0].0, window[MOST].1);
        assert!(answered - asked >= SPAN, "more than {MOST} departures within {:?}", answered - asked);
    }
}

/// Departs as soon as there is a place, and returns from when to when that took.
async fn leave(ledger: &impl Ledger, id: ReceiptId) -> (Instant, Instant) {
    // Of all who wait, at least one leaves in each turn, so a crowd is gone after as many.
    for _ in 0..CROWD * 20 {
        let asked = Instant::now();
        match must(ledger.acquire_send(id, MOST, SPAN).await) {
            SendPermit::Granted(1) => return (asked, Instant::now()),
            SendPermit::RetryIn(wait) => {
                assert!(wait <= SPAN, "{wait:?} is longer than the span");
                sleep(wait.max(Duration::from_millis(1))).await;
            }
            other => panic!("a receipt that has never left is told {other:?}"),
        }
    }
    panic!("there never was a place");
}

pub(super) async fn have_no_window_without_a_limit(ledger: impl Ledger) {
    for _ in 0..CROWD {
        let id = written(&ledger).await.id;
        assert_eq!(must(ledger.acquire_send(id, 0, LONG).await), SendPermit::Granted(1), "no limit, no waiting");
    }
    let id = written(&ledger).await.id;
    let answer = must(ledger.acquire_send(id, CROWD, LONG).await);
    assert!(matches!(answer, SendPermit::RetryIn(_)), "but all of them count: {answer:?}");
    let kept = find(&ledger, ReceiptKey::Id(id)).await.map(|receipt| (receipt.state, receipt.sends));
    assert_eq!(kept, Some((ReceiptState::Prepared, 0)), "who has to wait has not left");
    assert_eq!(
        must(ledger.acquire_send(id, CROWD + 1, LONG).await),
        SendPermit::Granted(1),
        "a wider window has a place"
    );
}

pub(super) async fn count_for_every_opener(one: &impl Ledger, other: &impl Ledger) {
    let ids = [written(one).await.id, written(other).await.id];
    assert!(matches!(must(one.acquire_send(ids[0], 1000, LONG).await), SendPermit::Granted(1)), "there are places");
    assert_eq!(
        must(other.acquire_send(ids[0], 1000, LONG).await),
        SendPermit::Denied,
        "a receipt leaves by one opener"
    );
    let answer = must(other.acquire_send(ids[1], 1, LONG).await);
    assert!(matches!(answer, SendPermit::RetryIn(_)), "every opener's departures count: {answer:?}");
}

//! Tests that the call of a receipt is sent once, and that all calls together keep the rate limit.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};

use super::{TASKS, concurrently, find, must, written};
use crate::{
    ledger::{Ledger, ReceiptKey, SendPermit},
    receipts::{ReceiptId, ReceiptState, ReceiptUpdate},
};

const MOST: usize = 8;
const SPAN: Duration = Duration::from_millis(250);

/// Time span of the rate limit. It is longer than any test, so each recorded send counts toward the limit until the end
/// of the test.
const LONG: Duration = Duration::from_secs(3600);

pub(super) async fn happen_once(ledger: impl Ledger) {
    let ledger = Arc::new(ledger);
    let id = written(&ledger).await.id;
    for send in 1..=2 {
        let mut answers =
            concurrently(&ledger, move |ledger, _| async move { must(ledger.acquire_send(id, TASKS, LONG).await) })
                .await;
        let granted = answers.iter().position(|answer| *answer == SendPermit::Granted(send));
        answers.swap_remove(granted.expect("one of the tasks gets the permission"));
        assert!(
            answers.iter().all(|answer| *answer == SendPermit::Denied),
            "no other task gets the permission: {answers:?}"
        );
        let kept = find(&ledger, ReceiptKey::Id(id)).await.map(|receipt| (receipt.state, receipt.sends));
        assert_eq!(kept, Some((ReceiptState::Sent, send)), "a send is recorded");

        // Records that the service refused the first send. In the second round, this refusal comes too late and must
        // not change the second send.
        for _ in 0..2 {
            must(ledger.update(id, &ReceiptUpdate::Refused { send: 1, reason: "slow down".into() }).await);
        }
    }
    assert_eq!(
        must(ledger.acquire_send(id, TASKS, LONG).await),
        SendPermit::Denied,
        "a refusal of an earlier send allows no new send"
    );

    let unknown = must(ReceiptId::random());
    assert!(ledger.acquire_send(unknown, 0, LONG).await.is_err(), "an unknown receipt gets no permission");
}

pub(super) async fn keep_to_the_rate_limit(ledger: impl Ledger) {
    let ledger = Arc::new(ledger);
    let mut sends = concurrently(&ledger, |ledger, _| async move {
        let id = written(&ledger).await.id;
        acquire(&*ledger, id).await
    })
    .await;
    // Each pair has the instants before and after the ledger recorded a send.
    sends.sort_by_key(|(_, after)| *after);
    for window in sends.windows(MOST + 1) {
        let (before, after) = (window[0].0, window[MOST].1);
        assert!(after - before >= SPAN, "more than {MOST} sends within {:?}", after - before);
    }
}

/// Asks for the permission to send the call until the ledger grants it. Returns the instants before and after the
/// granted request to the ledger.
async fn acquire(ledger: &impl Ledger, id: ReceiptId) -> (Instant, Instant) {
    // `TASKS` tasks ask at the same time, and in each round at least one of them gets the permission. So `TASKS` rounds
    // are enough, and the test allows 20 times as many.
    for _ in 0..TASKS * 20 {
        let before = Instant::now();
        match must(ledger.acquire_send(id, MOST, SPAN).await) {
            SendPermit::Granted(1) => return (before, Instant::now()),
            SendPermit::RetryIn(wait) => {
                assert!(wait <= SPAN, "{wait:?} is longer than the span");
                sleep(wait.max(Duration::from_millis(1))).await;
            }
            other => panic!("a receipt that was never sent got {other:?}"),
        }
    }
    panic!("the call was never allowed to be sent");
}

pub(super) async fn are_unlimited_without_a_rate_limit(ledger: impl Ledger) {
    for _ in 0..TASKS {
        let id = written(&ledger).await.id;
        assert_eq!(
            must(ledger.acquire_send(id, 0, LONG).await),
            SendPermit::Granted(1),
            "without a limit there is no wait"
        );
    }
    let id = written(&ledger).await.id;
    let answer = must(ledger.acquire_send(id, TASKS, LONG).await);
    assert!(matches!(answer, SendPermit::RetryIn(_)), "all of these sends count: {answer:?}");
    let kept = find(&ledger, ReceiptKey::Id(id)).await.map(|receipt| (receipt.state, receipt.sends));
    assert_eq!(kept, Some((ReceiptState::Prepared, 0)), "a call that has to wait is not recorded as sent");
    assert_eq!(
        must(ledger.acquire_send(id, TASKS + 1, LONG).await),
        SendPermit::Granted(1),
        "a higher limit allows one more send"
    );
}

pub(super) async fn count_for_every_opener(one: &impl Ledger, other: &impl Ledger) {
    let ids = [written(one).await.id, written(other).await.id];
    assert!(
        matches!(must(one.acquire_send(ids[0], 1000, LONG).await), SendPermit::Granted(1)),
        "the limit is not reached"
    );
    assert_eq!(
        must(other.acquire_send(ids[0], 1000, LONG).await),
        SendPermit::Denied,
        "the call of a receipt is sent by one opener"
    );
    let answer = must(other.acquire_send(ids[1], 1, LONG).await);
    assert!(matches!(answer, SendPermit::RetryIn(_)), "the sends of every opener count: {answer:?}");
}

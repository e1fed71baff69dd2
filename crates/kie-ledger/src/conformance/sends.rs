//! Tests that the call of a receipt is sent once, and that all calls together keep the rate limit.

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep};

use super::steps::{TASKS, concurrently, concurrently_by, find, must, written};
use crate::{
    ledger::{Ledger, ReceiptKey, SendPermit},
    receipts::{ReceiptId, ReceiptState, ReceiptUpdate, SendId},
};

const MOST: usize = 8;
const SPAN: Duration = Duration::from_millis(250);

/// Time span of the rate limit. It is longer than any test, so each recorded send counts toward the limit until the end
/// of the test.
const LONG: Duration = Duration::from_secs(3600);

pub(super) async fn happen_once(ledger: impl Ledger) {
    let ledger = Arc::new(ledger);
    let id = written(&ledger).await.id;
    let mut first = None;
    for round in 1..=2 {
        let mut answers = concurrently(&ledger, move |ledger, number| async move {
            let send = SendId::new((round * 1_000 + number) as u64);
            (send, must(ledger.acquire_send(id, send, TASKS, LONG).await))
        })
        .await;
        let granted = answers.iter().position(|(_, answer)| *answer == SendPermit::Granted);
        let (send, _) = answers.swap_remove(granted.expect("one of the tasks gets the permission"));
        assert!(
            answers.iter().all(|(_, answer)| *answer == SendPermit::Denied),
            "no other task gets the permission: {answers:?}"
        );
        let kept = find(&ledger, ReceiptKey::Id(id)).await.map(|receipt| (receipt.state, receipt.sends));
        assert_eq!(kept, Some((ReceiptState::Sent, round as u32)), "a send is recorded");

        // Records that the service refused the first send. In the second round, this refusal comes too late and must
        // not change the second send.
        let first = *first.get_or_insert(send);
        for _ in 0..2 {
            must(ledger.update(id, &ReceiptUpdate::Refused { send: first, reason: "slow down".into() }).await);
        }
    }
    assert_eq!(
        must(ledger.acquire_send(id, SendId::new(1), TASKS, LONG).await),
        SendPermit::Denied,
        "a refusal of an earlier send allows no new send"
    );

    let unknown = must(ReceiptId::random());
    let denied = ledger.acquire_send(unknown, SendId::new(1), 0, LONG).await;
    assert!(denied.is_err(), "an unknown receipt gets no permission");
}

/// A caller that got no response to `acquire_send` withdraws the send. The request that the caller has given up can
/// still reach the ledger later. The ledger must then deny it.
pub(super) async fn are_denied_after_they_are_withdrawn(ledger: impl Ledger) {
    let id = written(&ledger).await.id;
    let acquire = async |send| must(ledger.acquire_send(id, SendId::new(send), 0, LONG).await);
    let state = async || find(&ledger, ReceiptKey::Id(id)).await.map(|receipt| (receipt.state, receipt.sends));
    let refuse = async |send, reason: &str| {
        let reason = reason.into();
        must(ledger.update(id, &ReceiptUpdate::Refused { send: SendId::new(send), reason }).await);
    };
    let withdraw = async |send| refuse(send, "it was not sent").await;
    withdraw(1).await;
    refuse(1, "it was refused").await;
    let reason = find(&ledger, ReceiptKey::Id(id)).await.and_then(|receipt| receipt.reason);
    assert_eq!(reason.as_deref(), Some("it was not sent"), "the first of two reasons stays");
    assert_eq!(state().await, Some((ReceiptState::Refused, 0)));
    assert_eq!(acquire(1).await, SendPermit::Denied, "a send that was withdrawn before it was granted is denied");
    assert_eq!(state().await, Some((ReceiptState::Refused, 0)), "a denied send is not recorded");
    assert_eq!(acquire(2).await, SendPermit::Granted, "another send is granted");
    withdraw(2).await;
    assert_eq!(state().await, Some((ReceiptState::Refused, 1)), "a send that was granted is withdrawn");
    assert_eq!(acquire(2).await, SendPermit::Denied, "a send that was withdrawn after it was granted is denied");
    withdraw(3).await;
    assert_eq!(acquire(3).await, SendPermit::Denied, "so is a send that was withdrawn from a refused receipt");
    assert_eq!(acquire(4).await, SendPermit::Granted);
    let sent = find(&ledger, ReceiptKey::Id(id)).await.expect("the receipt is there");
    assert_eq!((sent.is_in_flight(), sent.reason), (true, None), "a new send removes the reason of the refusal");
}

pub(super) async fn stay_sent_if_their_response_is_lost(ledger: impl Ledger) {
    let id = written(&ledger).await.id;
    let find = async || find(&ledger, ReceiptKey::Id(id)).await.expect("the receipt is there");
    let lose = async |send| {
        let reason = "no response arrived".into();
        must(ledger.update(id, &ReceiptUpdate::Lost { send: SendId::new(send), reason }).await);
    };
    must(ledger.acquire_send(id, SendId::new(1), 0, LONG).await);
    assert!(find().await.is_in_flight());
    lose(2).await;
    assert!(find().await.is_in_flight(), "another send is lost");
    lose(1).await;
    let lost = find().await;
    assert_eq!((lost.state, lost.is_in_flight()), (ReceiptState::Sent, false));
    let send = must(ledger.acquire_send(id, SendId::new(2), 0, LONG).await);
    assert_eq!(send, SendPermit::Denied, "a call whose response is lost is not sent again");
    must(ledger.update(id, &ReceiptUpdate::Named { task_id: "task-1".into() }).await);
    assert_eq!((find().await.state, find().await.reason), (ReceiptState::Running, None));
}

pub(super) async fn keep_to_the_rate_limit(ledger: impl Ledger) {
    keep_to_the_rate_limit_together(&[Arc::new(ledger)]).await;
}

pub(super) async fn keep_to_the_rate_limit_together<L: Ledger>(openers: &[Arc<L>]) {
    let mut sends = concurrently_by(openers, |ledger, _| async move {
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
        match must(ledger.acquire_send(id, SendId::new(1), MOST, SPAN).await) {
            SendPermit::Granted => return (before, Instant::now()),
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
            must(ledger.acquire_send(id, SendId::new(1), 0, LONG).await),
            SendPermit::Granted,
            "without a limit there is no wait"
        );
    }
    let id = written(&ledger).await.id;
    let answer = must(ledger.acquire_send(id, SendId::new(1), TASKS, LONG).await);
    assert!(matches!(answer, SendPermit::RetryIn(_)), "all of these sends count: {answer:?}");
    let kept = find(&ledger, ReceiptKey::Id(id)).await.map(|receipt| (receipt.state, receipt.sends));
    assert_eq!(kept, Some((ReceiptState::Prepared, 0)), "a call that has to wait is not recorded as sent");
    assert_eq!(
        must(ledger.acquire_send(id, SendId::new(2), TASKS + 1, LONG).await),
        SendPermit::Granted,
        "a higher limit allows one more send"
    );
}

pub(super) async fn count_for_every_opener(one: &impl Ledger, other: &impl Ledger) {
    let ids = [written(one).await.id, written(other).await.id];
    assert!(
        matches!(must(one.acquire_send(ids[0], SendId::new(1), 1000, LONG).await), SendPermit::Granted),
        "the limit is not reached"
    );
    assert_eq!(
        must(other.acquire_send(ids[0], SendId::new(2), 1000, LONG).await),
        SendPermit::Denied,
        "the call of a receipt is sent by one opener"
    );
    let answer = must(other.acquire_send(ids[1], SendId::new(1), 1, LONG).await);
    assert!(matches!(answer, SendPermit::RetryIn(_)), "the sends of every opener count: {answer:?}");
}

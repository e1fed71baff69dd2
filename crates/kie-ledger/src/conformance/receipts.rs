//! Tests that a receipt is written once, is found by each of its keys, and is never lost.

use std::{
    slice::from_ref,
    sync::Arc,
    time::{Duration, SystemTime},
};

use kie_types::{Credits, Item, Route, Stage};

use tokio::time::timeout;

use super::steps::{TASKS, concurrently, find, must, receipt, written};
use crate::{
    ledger::{Ledger, ReceiptKey, SendPermit},
    receipts::{Receipt, ReceiptId, ReceiptItem, ReceiptState, ReceiptUpdate, SendId},
};

/// Ids of the first and the second send of a call.
const FIRST: SendId = SendId::new(1);
const SECOND: SendId = SendId::new(2);

pub(super) async fn are_written_once(ledger: impl Ledger) {
    let mut first = receipt(r#"{"prompt":"a \"slow\" waltz, für \u0000 zwei 🪗"}"#);
    (first.name, first.route) = (Some("order 7".into()), Route::Market);
    assert_eq!(find(&ledger, ReceiptKey::Id(first.id)).await, None, "nothing is there at first");
    assert_eq!(must(ledger.write(&first).await), None, "a new receipt is written");
    assert_eq!(must(ledger.write(&first).await).as_ref(), Some(&first), "writing it again returns the first one");

    let mut second = receipt("{}");
    second.name = first.name.clone();
    assert_eq!(
        must(ledger.write(&second).await).as_ref(),
        Some(&first),
        "a second receipt with this name returns the first one"
    );
    assert_eq!(find(&ledger, ReceiptKey::Id(second.id)).await, None, "the second receipt is not written");

    let unnamed = [written(&ledger).await, written(&ledger).await];
    assert_ne!(unnamed[0].id, unnamed[1].id, "receipts without a name do not conflict");
    assert_eq!(
        find(&ledger, ReceiptKey::Id(first.id)).await.as_ref(),
        Some(&first),
        "found by its id, as it was written"
    );
    assert_eq!(find(&ledger, ReceiptKey::Name("order 7")).await.as_ref(), Some(&first), "found by its name");
    for name in ["order", "ORDER 7", "order 7 ", "%", ""] {
        assert_eq!(find(&ledger, ReceiptKey::Name(name)).await, None, "no receipt has the name {name:?}");
    }
    assert_eq!(find(&ledger, ReceiptKey::Task("")).await, None, "no receipt has a task yet");
}

pub(super) async fn have_the_time_of_their_ledger(ledger: impl Ledger) {
    // The time of a change is never earlier than that of the creation, so the creation is long ago.
    let receipt = receipt("{}").created_at(SystemTime::UNIX_EPOCH);
    must(ledger.write(&receipt).await);
    let begin = ledger.now();
    must(ledger.update(receipt.id, &ReceiptUpdate::Named { task_id: "task-1".into() }).await);
    let changed = find(&ledger, ReceiptKey::Id(receipt.id)).await.expect("the receipt is there").changed;
    // The clock of another machine is known with a small error.
    let error = Duration::from_secs(1);
    assert!(
        (begin - error..ledger.now() + error).contains(&changed),
        "`now` returns the time of the clock from which changes have their times"
    );
}

pub(super) async fn apply_updates(ledger: impl Ledger) {
    let mut own = written(&ledger).await;
    must(ledger.acquire_send(own.id, FIRST, 0, Duration::ZERO).await);
    own.acquire_send(FIRST, SystemTime::now());
    for update in updates() {
        must(ledger.update(own.id, &update).await);
        own.apply(&update, SystemTime::now());
        let mut kept = find(&ledger, ReceiptKey::Id(own.id)).await.expect("the receipt is there");
        assert!(kept.changed >= own.created, "a change updates its time");
        kept.changed = own.changed;
        assert_eq!(kept, own, "the ledger applies {update:?} as a receipt does");
    }
    assert_eq!(own.task_id.as_deref(), Some("task-1"));
    let by_task = find(&ledger, ReceiptKey::Task("task-1")).await.map(|receipt| receipt.id);
    assert_eq!(by_task, Some(own.id), "a receipt is found by its task");
    let before = find(&ledger, ReceiptKey::Id(own.id)).await;
    for update in updates() {
        must(ledger.update(own.id, &update).await);
    }
    assert_eq!(find(&ledger, ReceiptKey::Id(own.id)).await, before, "applying the same updates again changes nothing");

    let failed = written(&ledger).await.id;
    for reason in ["sensitive words", "too late"] {
        must(ledger.update(failed, &ReceiptUpdate::Failed { reason: reason.into() }).await);
        let kept = find(&ledger, ReceiptKey::Id(failed)).await.and_then(|receipt| receipt.reason);
        assert_eq!(kept.as_deref(), Some("sensitive words"), "the first of two reasons stays");
    }

    let unknown = must(ReceiptId::random());
    let lost = ledger.update(unknown, &ReceiptUpdate::Reached { stage: Stage::Text }).await;
    assert!(lost.is_err(), "an update of an unknown receipt is an error");
}

pub(super) async fn are_listed_until_they_are_finished(ledger: impl Ledger) {
    let all = every_state(&ledger).await;
    let states: Vec<_> = all.iter().map(|receipt| receipt.state).collect();
    let kinds = [
        ReceiptState::Prepared,
        ReceiptState::Sent,
        ReceiptState::Refused,
        ReceiptState::Running,
        ReceiptState::Failed,
        ReceiptState::Complete,
        ReceiptState::Saved,
    ];
    assert_eq!(states, kinds, "updates lead to every state");
    let unfinished: Vec<_> = all.into_iter().filter(|receipt| !receipt.state.is_finished()).collect();
    assert_eq!(self::unfinished(&ledger).await, unfinished, "unfinished receipts are listed in the order of writing");
}

pub(super) async fn are_listed_in_pages(ledger: impl Ledger) {
    let mut ids = Vec::new();
    for _ in 0..7 {
        ids.push(written(&ledger).await.id);
    }
    let finish = async |id| must(ledger.update(id, &ReceiptUpdate::Saved { files: Vec::new() }).await);
    let page = async |after, most| -> Vec<ReceiptId> {
        must(ledger.unfinished(after, most).await).into_iter().map(|receipt| receipt.id).collect()
    };
    assert_eq!(page(None, 0).await, [], "a page for no receipts is empty");
    assert_eq!(page(None, 2).await, ids[..2], "the first page has the first receipts, and no more than wanted");
    finish(ids[2]).await;
    assert_eq!(page(Some(ids[1]), 2).await, ids[3..5], "a page is full although a receipt in between is finished");
    finish(ids[4]).await;
    finish(ids[0]).await;
    assert_eq!(page(Some(ids[4]), 2).await, ids[5..], "a page starts after a receipt that is finished by now");
    assert_eq!(page(Some(ids[6]), 2).await, [], "no page follows the last receipt");
    ids.push(written(&ledger).await.id);
    assert_eq!(page(Some(ids[6]), 2).await, ids[7..], "a receipt that was written since is on the next page");
    let rest = [ids[1], ids[3], ids[5], ids[6], ids[7]];
    assert_eq!(page(None, usize::MAX).await, rest, "one page may have all receipts");
    let unknown = must(ReceiptId::random());
    assert!(ledger.unfinished(Some(unknown), 2).await.is_err(), "a page after an unknown receipt is an error");
}

pub(super) async fn are_listed_newest_first(ledger: impl Ledger) {
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(written(&ledger).await.id);
    }
    must(ledger.update(ids[3], &ReceiptUpdate::Saved { files: Vec::new() }).await);
    ids.reverse();
    let page = async |before, most| -> Vec<ReceiptId> {
        must(ledger.recent(before, most).await).into_iter().map(|receipt| receipt.id).collect()
    };
    assert_eq!(page(None, usize::MAX).await, ids, "all receipts are listed, finished or not, the newest first");
    assert_eq!(page(None, 2).await, ids[..2], "the first page has the newest receipts, and no more than wanted");
    assert_eq!(page(Some(ids[1]), 2).await, ids[2..4], "the next page starts before the last receipt of a page");
    assert_eq!(page(Some(ids[3]), 2).await, ids[4..], "the last page has the oldest receipt");
    assert_eq!(page(Some(ids[4]), 2).await, [], "no page follows the oldest receipt");
    let unknown = must(ReceiptId::random());
    assert!(ledger.recent(Some(unknown), 2).await.is_err(), "a page before an unknown receipt is an error");
}

async fn unfinished(ledger: &impl Ledger) -> Vec<Receipt> {
    must(ledger.unfinished(None, usize::MAX).await)
}

/// Writes one receipt for each state. Returns the receipts as the ledger has stored them.
pub(super) async fn every_state(ledger: &impl Ledger) -> Vec<Receipt> {
    let mut all = Vec::new();
    let cases: [&[ReceiptUpdate]; 6] = [
        &[],
        &[ReceiptUpdate::Refused { send: FIRST, reason: "slow down".into() }],
        &updates()[..1],
        &[ReceiptUpdate::Failed { reason: "sensitive words".into() }],
        &[ReceiptUpdate::Reached { stage: Stage::Complete }],
        &updates(),
    ];
    all.push(written(ledger).await.id);
    for updates in cases {
        let id = written(ledger).await.id;
        must(ledger.acquire_send(id, FIRST, 0, Duration::ZERO).await);
        for update in updates {
            must(ledger.update(id, update).await);
        }
        all.push(id);
    }
    let mut receipts = Vec::new();
    for id in all {
        receipts.push(find(ledger, ReceiptKey::Id(id)).await.expect("a written receipt is there"));
    }
    receipts
}

pub(super) async fn are_atomic_if_a_call_is_cancelled(ledger: impl Ledger) {
    let mut receipts = Vec::new();
    for number in 0..TASKS as u64 {
        let receipt = receipt("{}");
        let time_limit = Duration::from_micros(number * 10);
        let _ = timeout(time_limit, ledger.write(&receipt)).await;
        let _ = timeout(time_limit, ledger.acquire_send(receipt.id, FIRST, 0, Duration::ZERO)).await;
        receipts.push(receipt);
    }
    for mut receipt in receipts {
        let known = must(ledger.write(&receipt).await);
        assert_eq!(
            known.as_ref().map_or(receipt.id, |known| known.id),
            receipt.id,
            "the receipt is written completely or not at all"
        );
        let was_sent = known.is_some_and(|known| known.state == ReceiptState::Sent);
        let send = must(ledger.acquire_send(receipt.id, SECOND, 0, Duration::ZERO).await);
        // If the cancelled send was recorded, the ledger denies this second send. If it was not recorded, this send is
        // the first one.
        assert!(
            send == SendPermit::Denied || !was_sent && send == SendPermit::Granted,
            "the send is recorded completely or not at all"
        );
        receipt.acquire_send(FIRST, SystemTime::now());
        let kept = find(&ledger, ReceiptKey::Id(receipt.id)).await.expect("the receipt is there");
        assert_eq!((kept.state, kept.sends), (receipt.state, 1), "one send is recorded");
    }
}

pub(super) async fn with_one_name_are_written_once_by_many_tasks(ledger: impl Ledger) {
    let ledger = Arc::new(ledger);
    let answers = concurrently(&ledger, |ledger, number| async move {
        let mut own = receipt(&number.to_string());
        own.name = Some("the one".into());
        (own.id, must(ledger.write(&own).await))
    })
    .await;
    let winners: Vec<_> = answers.iter().filter(|(_, known)| known.is_none()).map(|(id, _)| *id).collect();
    assert_eq!(winners.len(), 1, "exactly one of the tasks that write a name at once succeeds");
    for (_, known) in answers.iter().filter(|(_, known)| known.is_some()) {
        assert_eq!(
            known.as_ref().map(|known| known.id),
            Some(winners[0]),
            "the other tasks get the receipt of the first"
        );
    }
    assert_eq!(unfinished(&ledger).await.len(), 1, "one receipt is written");
}

pub(super) async fn can_be_forgotten(ledger: impl Ledger) {
    let named = |name: &str| {
        let mut receipt = receipt("{}");
        receipt.name = Some(name.into());
        receipt
    };
    let running = ReceiptUpdate::Named { task_id: "task-3".into() };
    let complete = ReceiptUpdate::Reached { stage: Stage::Complete };
    // Each case has two parts: the updates before the receipt is forgotten, and one update after that.
    let cases: [(&[ReceiptUpdate], &ReceiptUpdate); 4] =
        [(&[], &running), (&[], &complete), (from_ref(&running), &complete), (from_ref(&complete), &complete)];
    for (number, (updates, later)) in cases.into_iter().enumerate() {
        let name = format!("order {number}");
        let own = named(&name);
        must(ledger.write(&own).await);
        // In case 0, the call is never sent. In all other cases, the call is sent once before its receipt is forgotten.
        let sends = u32::from(number > 0);
        if number > 0 {
            must(ledger.acquire_send(own.id, FIRST, 0, Duration::ZERO).await);
        }
        for update in updates {
            must(ledger.update(own.id, update).await);
        }
        let state = find(&ledger, ReceiptKey::Id(own.id)).await.expect("the receipt is there").state;
        let others = [ReceiptState::Sent, ReceiptState::Running, ReceiptState::Complete];
        for other in others.into_iter().filter(|other| *other != state && state != ReceiptState::Prepared) {
            must(ledger.update(own.id, &ReceiptUpdate::Forgotten { state: other, sends: 1 }).await);
            let kept = find(&ledger, ReceiptKey::Name(&name)).await.map(|receipt| receipt.state);
            assert_eq!(kept, Some(state), "a receipt that is {state:?} is not forgotten as {other:?}");
        }
        if matches!(state, ReceiptState::Prepared | ReceiptState::Sent) {
            must(ledger.update(own.id, &ReceiptUpdate::Forgotten { state, sends: sends + 1 }).await);
            let kept = find(&ledger, ReceiptKey::Name(&name)).await.map(|receipt| receipt.state);
            assert_eq!(kept, Some(state), "a receipt with another number of sends is not forgotten");
        }
        for _ in 0..2 {
            must(ledger.update(own.id, &ReceiptUpdate::Forgotten { state, sends }).await);
        }
        let forgotten = find(&ledger, ReceiptKey::Id(own.id)).await.expect("the receipt is still there");
        assert!(forgotten.state.is_finished() && forgotten.forgotten, "a forgotten receipt is finished: {forgotten:?}");
        assert_eq!(unfinished(&ledger).await, [], "a forgotten receipt is not listed");
        assert_eq!(
            must(ledger.acquire_send(own.id, FIRST, 0, Duration::ZERO).await),
            SendPermit::Denied,
            "the call of a forgotten receipt is not sent"
        );
        let next = named(&name);
        assert_eq!(must(ledger.write(&next).await), None, "the name of a forgotten receipt is free");
        assert_eq!(find(&ledger, ReceiptKey::Name(&name)).await.map(|receipt| receipt.id), Some(next.id));
        assert_eq!(
            must(ledger.acquire_send(next.id, FIRST, 0, Duration::ZERO).await),
            SendPermit::Granted,
            "a call with the free name can be sent"
        );
        must(ledger.update(next.id, &ReceiptUpdate::Saved { files: Vec::new() }).await);

        must(ledger.update(own.id, later).await);
        let listed: Vec<_> = unfinished(&ledger).await.into_iter().map(|receipt| receipt.id).collect();
        // If the task was complete, the receipt is now saved, so the later update changes nothing.
        let expected = if state == ReceiptState::Complete { vec![] } else { vec![own.id] };
        assert_eq!(listed, expected, "a later update moves a forgotten receipt forward");
        must(ledger.update(own.id, &ReceiptUpdate::Saved { files: vec!["a.mp3".into()] }).await);
        let saved = find(&ledger, ReceiptKey::Id(own.id)).await.expect("the receipt is still there");
        assert_eq!((saved.state, saved.forgotten), (ReceiptState::Saved, false), "a saved receipt is not forgotten");
    }
}

fn made(id: &str) -> ReceiptItem {
    let mut item = Item::default();
    item.id = Some(id.into());
    item.title = Some("A waltz".into());
    item.duration_s = Some(187.25);
    ReceiptItem::from(&item)
}

/// Returns the updates of a song. Two updates contradict the first one: the refusal, and the callback with `task-2`.
/// The failure contradicts the update before it, a complete task.
fn updates() -> [ReceiptUpdate; 11] {
    [
        ReceiptUpdate::Answered { task_id: Some("task-1".into()), response: r#"{"taskId":"task-1"}"#.into() },
        ReceiptUpdate::Refused { send: FIRST, reason: "too late".into() },
        ReceiptUpdate::Named { task_id: "task-2".into() },
        ReceiptUpdate::Reached { stage: Stage::First },
        ReceiptUpdate::Reached { stage: Stage::Text },
        ReceiptUpdate::Reached { stage: Stage::Complete },
        ReceiptUpdate::Cost { credits: Credits::new(12.5) },
        ReceiptUpdate::Made { items: vec![made("track-1"), made("track-2")] },
        ReceiptUpdate::Made { items: vec![made("track-1")] },
        ReceiptUpdate::Failed { reason: "too late".into() },
        ReceiptUpdate::Saved { files: vec!["songs/a.mp3".into(), "songs/b.mp3".into()] },
    ]
}

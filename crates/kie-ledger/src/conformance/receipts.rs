//! Receipts: written once, found by every key, never lost.

use std::{
    slice::from_ref,
    sync::Arc,
    time::{Duration, SystemTime},
};

use kie_types::Stage;

use tokio::time::timeout;

use super::{CROWD, crowd, find, must, receipt, written};
use crate::{
    ledger::{Ledger, ReceiptKey, SendPermit},
    receipts::{Receipt, ReceiptId, ReceiptState, ReceiptUpdate},
};

pub(super) async fn are_written_once(ledger: impl Ledger) {
    let mut first = receipt(r#"{"prompt":"a \"slow\" waltz, für \u0000 zwei 🪗"}"#);
    first.name = Some("order 7".into());
    assert_eq!(find(&ledger, ReceiptKey::Id(first.id)).await, None, "nothing is there at first");
    assert_eq!(must(ledger.write(&first).await), None, "a new receipt is written");
    assert_eq!(must(ledger.write(&first).await).as_ref(), Some(&first), "the same again returns what is there");

    let mut second = receipt("{}");
    second.name = first.name.clone();
    assert_eq!(must(ledger.write(&second).await).as_ref(), Some(&first), "a second of the name returns the first");
    assert_eq!(find(&ledger, ReceiptKey::Id(second.id)).await, None, "and is not written");

    let nameless = [written(&ledger).await, written(&ledger).await];
    assert_ne!(nameless[0].id, nameless[1].id, "receipts without a name do not get in each other's way");
    assert_eq!(
        find(&ledger, ReceiptKey::Id(first.id)).await.as_ref(),
        Some(&first),
        "found by its id, as it was written"
    );
    assert_eq!(find(&ledger, ReceiptKey::Name("order 7")).await.as_ref(), Some(&first), "found by its name");
    for name in ["order", "ORDER 7", "order 7 ", "%", ""] {
        assert_eq!(find(&ledger, ReceiptKey::Name(name)).await, None, "{name:?} is no receipt's name");
    }
    assert_eq!(find(&ledger, ReceiptKey::Task("")).await, None, "no receipt has a task yet");
}

pub(super) async fn take_in_news(ledger: impl Ledger) {
    let mut own = written(&ledger).await;
    must(ledger.acquire_send(own.id, 0, Duration::ZERO).await);
    own.acquire_send(SystemTime::now());
    for update in course() {
        must(ledger.update(own.id, &update).await);
        own.apply(&update, SystemTime::now());
        let mut kept = find(&ledger, ReceiptKey::Id(own.id)).await.expect("the receipt is there");
        assert!(kept.changed >= own.created, "a change has a time");
        kept.changed = own.changed;
        assert_eq!(kept, own, "the ledger takes in {update:?} as a receipt does");
    }
    assert_eq!(own.task_id.as_deref(), Some("task-1"));
    let by_task = find(&ledger, ReceiptKey::Task("task-1")).await.map(|receipt| receipt.id);
    assert_eq!(by_task, Some(own.id), "a receipt is found by its task");
    let before = find(&ledger, ReceiptKey::Id(own.id)).await;
    for update in course() {
        must(ledger.update(own.id, &update).await);
    }
    assert_eq!(find(&ledger, ReceiptKey::Id(own.id)).await, before, "what is said again changes nothing");

    let unknown = must(ReceiptId::random());
    let lost = ledger.update(unknown, &ReceiptUpdate::Reached { stage: Stage::Text }).await;
    assert!(lost.is_err(), "news of a receipt that is not there are an error");
}

pub(super) async fn are_unfinished_until_nobody_has_to_do_anything(ledger: impl Ledger) {
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
    assert_eq!(states, kinds, "news lead to every state");
    let unfinished: Vec<_> = all.into_iter().filter(|receipt| !receipt.state.is_finished()).collect();
    assert_eq!(must(ledger.unfinished().await), unfinished, "the unfinished ones in the order of writing");
}

/// A receipt in each of the states, as the ledger has it.
pub(super) async fn every_state(ledger: &impl Ledger) -> Vec<Receipt> {
    let mut all = Vec::new();
    let courses: [&[ReceiptUpdate]; 6] = [
        &[],
        &[ReceiptUpdate::Refused { send: 1, reason: "slow down".into() }],
        &course()[..1],
        &[ReceiptUpdate::Failed { reason: "sensitive words".into() }],
        &[ReceiptUpdate::Reached { stage: Stage::Complete }],
        &course(),
    ];
    all.push(written(ledger).await.id);
    for course in courses {
        let id = written(ledger).await.id;
        must(ledger.acquire_send(id, 0, Duration::ZERO).await);
        for update in course {
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

pub(super) async fn are_there_or_not_after_a_cancelled_call(ledger: impl Ledger) {
    let mut receipts = Vec::new();
    for number in 0..CROWD as u64 {
        let receipt = receipt("{}");
        let patience = Duration::from_micros(number * 10);
        let _ = timeout(patience, ledger.write(&receipt)).await;
        let _ = timeout(patience, ledger.acquire_send(receipt.id, 0, Duration::ZERO)).await;
        receipts.push(receipt);
    }
    for mut receipt in receipts {
        let known = must(ledger.write(&receipt).await);
        assert_eq!(known.as_ref().map_or(receipt.id, |known| known.id), receipt.id, "written, or not");
        let was_sent = known.is_some_and(|known| known.state == ReceiptState::Sent);
        let send = must(ledger.acquire_send(receipt.id, 0, Duration::ZERO).await);
        // A cancelled departure can still happen until here, and never after that.
        assert!(send == SendPermit::Denied || !was_sent && send == SendPermit::Granted(1), "departed, or not");
        receipt.acquire_send(SystemTime::now());
        let kept = find(&ledger, ReceiptKey::Id(receipt.id)).await.expect("it is there now");
        assert_eq!((kept.state, kept.sends), (receipt.state, 1), "and has left once");
    }
}

pub(super) async fn of_one_name_have_one_winner(ledger: impl Ledger) {
    let ledger = Arc::new(ledger);
    let answers = crowd(&ledger, |ledger, number| async move {
        let mut own = receipt(&number.to_string());
        own.name = Some("the one".into());
        (own.id, must(ledger.write(&own).await))
    })
    .await;
    let winners: Vec<_> = answers.iter().filter(|(_, known)| known.is_none()).map(|(id, _)| *id).collect();
    assert_eq!(winners.len(), 1, "of all who write a name at once, one wins");
    for (_, known) in answers.iter().filter(|(_, known)| known.is_some()) {
        assert_eq!(known.as_ref().map(|known| known.id), Some(winners[0]), "the others get the winner's receipt");
    }
    assert_eq!(must(ledger.unfinished().await).len(), 1, "and one is written");
}

pub(super) async fn can_be_forgotten(ledger: impl Ledger) {
    let named = |name: &str| {
        let mut receipt = receipt("{}");
        receipt.name = Some(name.into());
        receipt
    };
    let running = ReceiptUpdate::Named { task_id: "task-3".into() };
    let complete = ReceiptUpdate::Reached { stage: Stage::Complete };
    // How far it has come, and what leads it on after it was forgotten.
    let courses: [(&[ReceiptUpdate], &ReceiptUpdate); 4] =
        [(&[], &running), (&[], &complete), (from_ref(&running), &complete), (from_ref(&complete), &complete)];
    for (number, (course, later)) in courses.into_iter().enumerate() {
        let name = format!("order {number}");
        let own = named(&name);
        must(ledger.write(&own).await);
        // The first is given up before it has left.
        let sends = u32::from(number > 0);
        if number > 0 {
            must(ledger.acquire_send(own.id, 0, Duration::ZERO).await);
        }
        for update in course {
            must(ledger.update(own.id, update).await);
        }
        let state = find(&ledger, ReceiptKey::Id(own.id)).await.expect("the receipt is there").state;
        let others = [ReceiptState::Sent, ReceiptState::Running, ReceiptState::Complete];
        for other in others.into_iter().filter(|other| *other != state && state != ReceiptState::Prepared) {
            must(ledger.update(own.id, &ReceiptUpdate::Forgotten { state: other, sends: 1 }).await);
            let kept = find(&ledger, ReceiptKey::Name(&name)).await.map(|receipt| receipt.state);
            assert_eq!(kept, Some(state), "what was given up as {other:?} is not what is {state:?}");
        }
        for _ in 0..2 {
            must(ledger.update(own.id, &ReceiptUpdate::Forgotten { state, sends }).await);
        }
        let forgotten = find(&ledger, ReceiptKey::Id(own.id)).await.expect("it is still there");
        assert!(forgotten.state.is_finished() && forgotten.forgotten, "what is forgotten is finished: {forgotten:?}");
        assert_eq!(must(ledger.unfinished().await), [], "and is not listed");
        assert_eq!(
            must(ledger.acquire_send(own.id, 0, Duration::ZERO).await),
            SendPermit::Denied,
            "and does not leave"
        );
        let next = named(&name);
        assert_eq!(must(ledger.write(&next).await), None, "its name is free");
        assert_eq!(find(&ledger, ReceiptKey::Name(&name)).await.map(|receipt| receipt.id), Some(next.id));
        assert_eq!(
            must(ledger.acquire_send(next.id, 0, Duration::ZERO).await),
            SendPermit::Granted(1),
            "for a call that leaves"
        );
        must(ledger.update(next.id, &ReceiptUpdate::Saved { files: Vec::new() }).await);

        must(ledger.update(own.id, later).await);
        let listed: Vec<_> = must(ledger.unfinished().await).into_iter().map(|receipt| receipt.id).collect();
        // Of what was complete, nothing more can become known.
        let expected = if state == ReceiptState::Complete { vec![] } else { vec![own.id] };
        assert_eq!(listed, expected, "what becomes known of it later moves it on");
        must(ledger.update(own.id, &ReceiptUpdate::Saved { files: vec!["a.mp3".into()] }).await);
    }
}

/// What happens to a song, with a contradiction or two.
fn course() -> [ReceiptUpdate; 8] {
    [
        ReceiptUpdate::Answered { task_id: Some("task-1".into()), response: r#"{"taskId":"task-1"}"#.into() },
        ReceiptUpdate::Refused { send: 1, reason: "too late".into() },
        ReceiptUpdate::Named { task_id: "task-2".into() },
        ReceiptUpdate::Reached { stage: Stage::First },
        ReceiptUpdate::Reached { stage: Stage::Text },
        ReceiptUpdate::Reached { stage: Stage::Complete },
        ReceiptUpdate::Failed { reason: "too late".into() },
        ReceiptUpdate::Saved { files: vec!["songs/a.mp3".into(), "songs/b.mp3".into()] },
    ]
}

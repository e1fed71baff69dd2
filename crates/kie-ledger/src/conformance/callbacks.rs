//! Tests that a callback is recorded once, and that it sets the task of the receipt in the callback's address.

use std::{sync::Arc, time::Duration};

use super::steps::{concurrently, find, must, written};
use crate::{
    ledger::{CallbackRecord, Ledger, ReceiptKey},
    receipts::{ReceiptId, ReceiptState, ReceiptUpdate, SendId},
};

pub(super) async fn are_written_once(ledger: impl Ledger) {
    let callback = callback("task-1", "complete", 1);
    assert!(must(ledger.receive(&callback).await), "a new callback is recorded");
    assert!(!must(ledger.receive(&callback).await), "the same callback again is known");
    for other in [self::callback("task-2", "complete", 1), self::callback("task-1", "text", 1)] {
        assert!(must(ledger.receive(&other).await), "{other:?} is another callback");
    }
    assert!(must(ledger.receive(&self::callback("task-1", "complete", 2)).await), "another body is another callback");
    assert!(!must(ledger.receive(&callback).await), "the first callback is still known");
}

pub(super) async fn are_kept_with_their_body(ledger: impl Ledger) {
    must(ledger.receive(&callback("task-1", "complete", 1)).await);
    assert_eq!(must(ledger.callback_body("task-1").await), None, "the callback has no body to be kept");
    let mut notes = callback("task-2", "", 2);
    notes.body = Some(br#"{"data":{"instruments":[]}}"#.to_vec());
    must(ledger.receive(&notes).await);
    must(ledger.receive(&notes).await);
    let kept = must(ledger.callback_body("task-2").await);
    assert!(kept.is_none() || kept == notes.body, "a ledger that keeps bodies keeps them as they are");
    assert_eq!(must(ledger.callback_body("task-3").await), None, "another task has no body");
    let keeps_bodies = kept.is_some();
    // The digests are in both orders, because a ledger may sort callbacks by their digests.
    for (kind, digest) in [("", 1), ("", 3), ("complete", 2)] {
        let mut later = callback("task-2", kind, digest);
        later.body = Some(b"{}".to_vec());
        must(ledger.receive(&later).await);
        assert_eq!(must(ledger.callback_body("task-2").await), kept, "the first body of a task stays");
    }
    let mut late = callback("task-1", "complete", 1);
    late.body = notes.body;
    assert!(!must(ledger.receive(&late).await), "a body does not make the same callback a new one");
    let kept = must(ledger.callback_body("task-1").await);
    assert_eq!(kept, late.body.filter(|_| keeps_bodies), "the body of a callback that is known is kept too");
}

pub(super) async fn set_the_task_of_their_receipt(ledger: impl Ledger) {
    let lost = written(&ledger).await.id;
    must(ledger.acquire_send(lost, SendId::new(1), 0, Duration::ZERO).await);
    let mut named = callback("task-1", "text", 1);
    named.receipt = Some(lost);
    assert!(must(ledger.receive(&named).await));
    let found =
        find(&ledger, ReceiptKey::Task("task-1")).await.expect("a receipt whose response was lost gets its task");
    assert_eq!((found.id, found.state), (lost, ReceiptState::Running));

    let answered = written(&ledger).await.id;
    must(
        ledger
            .update(answered, &ReceiptUpdate::Answered { task_id: Some("task-2".into()), response: "{}".into() })
            .await,
    );
    let mut second = callback("task-3", "text", 1);
    second.receipt = Some(answered);
    assert!(must(ledger.receive(&second).await));
    let kept = find(&ledger, ReceiptKey::Id(answered)).await.and_then(|receipt| receipt.task_id);
    assert_eq!(kept.as_deref(), Some("task-2"), "a receipt keeps the task that it has");

    let mut unmatched = callback("task-4", "text", 1);
    unmatched.receipt = Some(must(ReceiptId::random()));
    assert!(must(ledger.receive(&unmatched).await), "a callback for an unknown receipt is recorded too");
    assert!(!must(ledger.receive(&unmatched).await));
}

/// The digest of a callback does not cover the address, so copies of one callback may have different receipts. Each
/// receipt that was sent and has no task gets the task, in whichever order the copies arrive.
pub(super) async fn set_the_task_also_if_they_are_known(ledger: impl Ledger) {
    let wrong = must(ReceiptId::random());
    for (number, earlier) in [vec![None], vec![Some(wrong)], vec![None, Some(wrong)]].into_iter().enumerate() {
        let task = format!("task-{number}");
        let lost = written(&ledger).await.id;
        must(ledger.acquire_send(lost, SendId::new(1), 0, Duration::ZERO).await);
        let mut copy = callback(&task, "complete", 1);
        for receipt in earlier {
            copy.receipt = receipt;
            must(ledger.receive(&copy).await);
        }
        copy.receipt = Some(lost);
        assert!(!must(ledger.receive(&copy).await), "a copy with another receipt is the same callback");
        let kept = find(&ledger, ReceiptKey::Id(lost)).await.and_then(|receipt| receipt.task_id);
        assert_eq!(kept, Some(task), "a callback that is known sets the task of its receipt");
    }
}

pub(super) async fn are_written_once_by_many_tasks(ledger: impl Ledger) {
    let ledger = Arc::new(ledger);
    let answers = concurrently(&ledger, |ledger, number| async move {
        must(ledger.receive(&callback("task-1", "complete", (number % 4) as u8)).await)
    })
    .await;
    assert_eq!(answers.iter().filter(|new| **new).count(), 4, "each of the four callbacks is new to exactly one task");
}

pub(super) async fn are_known_to_every_opener(one: &impl Ledger, other: &impl Ledger) {
    let callback = callback("shared task", "complete", 1);
    assert!(must(one.receive(&callback).await));
    assert!(!must(other.receive(&callback).await), "a callback is known to every opener");
}

fn callback(task: &str, kind: &str, body: u8) -> CallbackRecord {
    let mut callback = CallbackRecord::new(task, [body; 32]);
    callback.kind = kind.into();
    callback
}

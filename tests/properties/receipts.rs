//! Tests of receipts: the same updates lead to the same state in any order, even if some of them are repeated.

use std::time::{Duration, SystemTime};

use kie_suno::{
    Stage,
    receipts::{Receipt, ReceiptState, ReceiptUpdate, SendId},
};
use proptest::{prelude::*, sample::Index};

use crate::setup::cases::config;

/// Returns updates of every kind, for a call that got a response. The list has only one response (`Answered`), because
/// the order of two responses matters: the receipt keeps the first.
fn everything() -> Vec<ReceiptUpdate> {
    let mut all: Vec<ReceiptUpdate> = [Stage::Text, Stage::First, Stage::Complete]
        .map(|stage| ReceiptUpdate::Reached { stage })
        .into_iter()
        .collect();
    all.push(ReceiptUpdate::Refused { send: SendId::new(1), reason: "slow down".into() });
    all.push(ReceiptUpdate::Lost { send: SendId::new(1), reason: "no response arrived".into() });
    all.push(ReceiptUpdate::Answered { task_id: Some("task-1".into()), response: "{}".into() });
    all.push(ReceiptUpdate::Named { task_id: "task-2".into() });
    all.push(ReceiptUpdate::Failed { reason: "sensitive words".into() });
    all.push(ReceiptUpdate::Forgotten { state: ReceiptState::Sent, sends: 1 });
    all.push(ReceiptUpdate::Saved { files: vec!["a.mp3".into(), "b.mp3".into()] });
    all
}

/// Returns the receipt of a call that was sent and has no response yet.
fn sent() -> Receipt {
    let mut receipt = Receipt::new("generate-music", r#"{"prompt":"a secret waltz"}"#).unwrap();
    assert!(receipt.acquire_send(SendId::new(1), SystemTime::now()));
    receipt
}

fn after<'a>(receipt: &Receipt, course: impl IntoIterator<Item = &'a ReceiptUpdate>) -> Receipt {
    let mut receipt = receipt.clone();
    for update in course {
        let state = receipt.state;
        receipt.apply(update, receipt.created);
        assert!(receipt.state >= state, "{update:?} leads from {state:?} back to {:?}", receipt.state);
    }
    receipt.changed = receipt.created;
    receipt
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..config() })]

    #[test]
    fn order_and_repetition_change_nothing(
        some in proptest::sample::subsequence(everything(), 0..=everything().len()),
        repeated in prop::collection::vec(any::<Index>(), 0..12),
        keys in prop::collection::vec(any::<u32>(), 20),
    ) {
        let receipt = sent();
        let mut course: Vec<&ReceiptUpdate> = some.iter().collect();
        if !some.is_empty() {
            course.extend(repeated.iter().map(|index| index.get(&some)));
        }
        let mut shuffled: Vec<_> = course.iter().copied().zip(&keys).collect();
        shuffled.sort_by_key(|(_, key)| **key);
        let shuffled = after(&receipt, shuffled.into_iter().map(|(update, _)| update));
        prop_assert_eq!(&shuffled, &after(&receipt, &some));

        // Applying all updates once more changes nothing.
        prop_assert_eq!(&after(&shuffled, &some), &shuffled);
        let printed = serde_json::to_string(&shuffled).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Receipt>(&printed).unwrap(), &shuffled);
    }
}

#[test]
fn a_result_wins_over_a_failure() {
    let failed = ReceiptUpdate::Failed { reason: "sensitive words".into() };
    let complete = ReceiptUpdate::Reached { stage: Stage::Complete };
    let receipt = after(&sent(), [&failed, &complete]);
    assert_eq!((receipt.state, receipt.reason), (ReceiptState::Complete, None));
}

#[test]
fn a_response_wins_over_a_callback_and_the_first_over_the_second() {
    let answer = |task: &str| ReceiptUpdate::Answered { task_id: Some(task.into()), response: format!("{task:?}") };
    let receipt =
        after(&sent(), [&ReceiptUpdate::Named { task_id: "named".into() }, &answer("first"), &answer("second")]);
    assert_eq!(receipt.task_id.as_deref(), Some("first"));
    assert_eq!(receipt.response.as_deref(), Some(r#""first""#));
}

#[test]
fn a_response_without_a_task_completes_the_call() {
    let answer = ReceiptUpdate::Answered { task_id: None, response: r#"{"personaId":"p"}"#.into() };
    let receipt = after(&sent(), [&answer]);
    assert!(receipt.state.is_finished());
    assert_eq!(receipt.state, ReceiptState::Saved);
}

#[test]
fn only_a_refusal_of_the_last_send_permits_another_send() {
    let now = SystemTime::now();
    let refused = |send| ReceiptUpdate::Refused { send: SendId::new(send), reason: "slow down".into() };
    let mut receipt = sent();
    assert!(!receipt.acquire_send(SendId::new(2), now));
    assert!(receipt.apply(&refused(1), now));
    assert!(receipt.acquire_send(SendId::new(2), now));
    assert_eq!(receipt.sends, 2);
    assert!(!receipt.apply(&refused(1), now), "the first refusal is not about the second send");
    assert_eq!((receipt.state, receipt.acquire_send(SendId::new(3), now)), (ReceiptState::Sent, false));
    assert!(receipt.apply(&refused(2), now));
    assert!(receipt.apply(&ReceiptUpdate::Named { task_id: "t".into() }, now));
    assert_eq!((receipt.state, &receipt.reason), (ReceiptState::Running, &None));
    assert!(!receipt.acquire_send(SendId::new(3), now));
}

#[test]
fn nothing_secret_is_printed() {
    let answer =
        ReceiptUpdate::Answered { task_id: Some("t".into()), response: r#"{"url":"https://signed.link"}"#.into() };
    let receipt = after(&sent(), [&answer]);
    let printed = format!("{receipt:?} {answer:?}");
    assert!(!printed.contains("waltz") && !printed.contains("signed"), "{printed}");
}

#[test]
fn a_clock_that_is_set_back_does_not_put_changes_out_of_order() {
    let day = Duration::from_secs(24 * 60 * 60);
    let mut receipt = Receipt::new("generate-music", "{}").unwrap();
    let created = receipt.created;
    receipt.acquire_send(SendId::new(1), created - day);
    assert_eq!(receipt.changed, created);
    receipt.apply(&ReceiptUpdate::Named { task_id: "t".into() }, created + 365 * day);
    receipt.apply(&ReceiptUpdate::Reached { stage: Stage::Complete }, created + day);
    assert_eq!((receipt.created, receipt.changed), (created, created + 365 * day));
    assert_eq!(receipt.state, ReceiptState::Complete, "and no change is lost");
}

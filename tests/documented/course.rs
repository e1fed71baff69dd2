//! Tests that read the documented callbacks and records of one task in every order, and with any of them missing.

use kie_types::{Change, Item, Music, Output, Progress, Record, Stage, TaskState};

use super::{push, record};

type Message = (TaskState, Vec<Item>);

fn callback(name: &str) -> Message {
    let callback = push::<Music>(&format!("generate-music/{name}"));
    (callback.state(), callback.output().map(|output| output.items()).unwrap_or_default())
}

fn polled(name: &str) -> Message {
    let record = record::<Music>(name);
    let output = record.output();
    let pieces = output.as_ref().map_or(0, |output| output.pieces().len());
    let items = output.map(|output| output.items()).unwrap_or_default();
    assert_eq!(items.len(), pieces, "every item has its type");
    (record.state(), items)
}

/// Passes these messages (callbacks or records) to a new `Progress` in this order, and checks the rules that apply to
/// any order. Returns the `Progress`.
fn course(messages: &[&Message]) -> Progress {
    let mut progress = Progress::new();
    let changes: Vec<Change> =
        messages.iter().filter_map(|(state, items)| progress.observe(state, items.clone())).collect();
    let reached_times = |stage| changes.iter().filter(|change| change.reached == Some(stage)).count();
    let said = |word: fn(&TaskState) -> bool| messages.iter().any(|(state, _)| word(state));
    let is_complete = said(|state| *state == TaskState::Complete);
    let has_failed = said(|state| matches!(state, TaskState::Failed(_)));

    assert_eq!(reached_times(Stage::Complete), usize::from(is_complete), "{messages:?}");
    assert!(reached_times(Stage::Text) <= 1 && reached_times(Stage::First) <= 1, "{messages:?}");
    let failures = changes.iter().filter(|change| change.failure.is_some()).count();
    assert!(
        failures <= usize::from(has_failed) && (is_complete || failures == usize::from(has_failed)),
        "{messages:?}"
    );
    assert!(changes.is_sorted_by_key(|change| change.stage), "{messages:?}");
    let verdict = progress.state();
    match verdict {
        TaskState::Complete => assert!(is_complete, "{messages:?}"),
        TaskState::Failed(_) => assert!(has_failed && !is_complete, "{messages:?}"),
        _ => assert!(!has_failed && !is_complete, "{messages:?}"),
    }
    progress
}

/// Checks that the messages lead to an equal `Progress` in every order. Returns the number of orders.
fn every_order(messages: &[&Message]) -> usize {
    fn permute(chosen: &mut Vec<usize>, messages: &[&Message], end: &Progress) -> usize {
        if chosen.len() == messages.len() {
            let order: Vec<_> = chosen.iter().map(|index| messages[*index]).collect();
            assert_eq!(&course(&order), end, "{order:?}");
            return 1;
        }
        let mut orders = 0;
        for index in 0..messages.len() {
            if !chosen.contains(&index) {
                chosen.push(index);
                orders += permute(chosen, messages, end);
                chosen.pop();
            }
        }
        orders
    }
    permute(&mut Vec::new(), messages, &course(messages))
}

#[test]
fn every_order_and_loss_of_a_task_s_messages_ends_the_same() {
    let messages = [
        callback("text"),
        callback("first"),
        callback("complete"),
        callback("error-531"),
        polled("record-first-success"),
        polled("record-generate-audio-failed-413"),
        polled("record-callback-exception-with-tracks"),
    ];
    let mut orders = 0;
    for lost in 0_u32..1 << messages.len() {
        let kept: Vec<_> = messages
            .iter()
            .enumerate()
            .filter(|(index, _)| lost >> index & 1 == 0)
            .map(|(_, message)| message)
            .collect();
        orders += every_order(&kept);
    }
    println!("{orders} orders of messages end alike");
    assert_eq!(orders, 13_700);
}

#[test]
fn a_repeated_message_changes_nothing() {
    let all = [callback("first"), polled("record-success-documented"), callback("complete"), callback("error-500")];
    let [first, record, complete, error] = all.each_ref();
    every_order(&[first, first, record, complete, complete, error, error]);
}

#[test]
fn of_contradicting_results_the_better_one_wins() {
    let (failed, complete) = (polled("record-generate-audio-failed-501"), callback("complete"));
    for order in [[&failed, &complete], [&complete, &failed]] {
        let progress = course(&order);
        assert_eq!((progress.state(), progress.stage()), (&TaskState::Complete, Some(Stage::Complete)));
    }
    let (early, late) = (callback("first"), callback("error-400"));
    for order in [[&early, &late], [&late, &early]] {
        let progress = course(&order);
        assert!(matches!(progress.state(), TaskState::Failed(_)));
        assert_eq!(progress.stage(), Some(Stage::First), "a reached stage is kept");
    }
}

//! Tests of the progress of a task: messages in any order lead to the same final state, and no item is reported twice.

use kie_types::{Callback, Item, Music, MusicRecord, Output, Progress, Record, Stage, TaskState};
use proptest::{
    collection,
    prelude::*,
    sample::{Index, select},
};
use serde_json::{Value, json};

use crate::setup::cases::config;

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_order_of_the_same_messages_ends_the_same(
        messages in course(),
        order in collection::vec(any::<Index>(), 0..24),
        shuffle in any::<u64>(),
    ) {
        // Each message is sent at least once, and some messages are sent again. The order is random.
        let mut sent: Vec<_> = messages.iter().chain(order.iter().map(|index| index.get(&messages))).collect();
        let mut state = shuffle;
        for end in (1..sent.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            sent.swap(end, (state >> 33) as usize % (end + 1));
        }

        let mut progress = Progress::new();
        let (mut stages, mut ready) = (Vec::new(), Vec::new());
        let (mut completes, mut failures) = (0, 0);
        for (state, items) in &sent {
            if let Some(change) = progress.observe(state, items.clone()) {
                prop_assert_eq!(change.stage, progress.stage());
                let is_further = change.stage > stages.last().copied().flatten();
                prop_assert_eq!(change.reached, change.stage.filter(|_| is_further));
                prop_assert!(is_further || change.failure.is_some() || !change.ready.is_empty(), "the change is empty");
                stages.push(change.stage);
                completes += usize::from(change.reached == Some(Stage::Complete));
                failures += usize::from(change.failure.is_some());
                ready.extend(change.ready.into_iter().map(|item| item.id.or(item.url.map(String::from)).unwrap()));
            }
        }
        prop_assert!(stages.is_sorted(), "{:?}", stages);
        prop_assert_eq!((completes, progress.state()), (1, &TaskState::Complete));
        prop_assert!(failures <= 1);
        let mut in_order = Progress::new();
        for (state, items) in &messages {
            in_order.observe(state, items.clone());
        }
        prop_assert_eq!(&progress, &in_order);
        prop_assert_eq!(progress.stage(), messages.iter().filter_map(|(state, _)| state.stage()).max());
        let mut expected: Vec<_> = messages.iter().flat_map(|(_, items)| items).filter(|item| item.url.is_some())
            .map(|item| item.id.clone().or(item.url.clone().map(String::from)).unwrap()).collect();
        expected.sort();
        expected.dedup();
        ready.sort();
        prop_assert_eq!(ready, expected);
        for (state, items) in sent {
            prop_assert_eq!(progress.observe(state, items.clone()), None, "a repeated message changes nothing");
        }
    }
}

/// Generates messages about one task. The messages are records and callbacks. Some messages report a stage and finished
/// items, some report a failure, and some report neither. The last message reports the complete task.
fn course() -> impl Strategy<Value = Vec<(TaskState, Vec<Item>)>> {
    let made = || 0usize..3;
    let words = vec!["pending", "text", "first", "complete", "undelivered", "error"];
    (made(), collection::vec((select(words), made(), any::<bool>()), 0..6)).prop_map(|(tracks, messages)| {
        let message = |(word, finished, is_pushed): (&str, usize, bool)| {
            let status = match word {
                "pending" => "PENDING",
                "text" => "TEXT_SUCCESS",
                "first" => "FIRST_SUCCESS",
                "complete" => "SUCCESS",
                "error" => "GENERATE_AUDIO_FAILED",
                _ => "CALLBACK_EXCEPTION",
            };
            // Two messages about the failure of one task may have different codes.
            let code = if word == "error" { 500 + finished } else { 200 };
            let rows: Vec<Value> = (0..tracks)
                .map(|index| {
                    let url =
                        if index < finished { format!("https://files.example.net/{index}.mp3") } else { String::new() };
                    // The third item has no id, so only its link identifies it.
                    let id = if index == 2 { String::new() } else { format!("track {index}") };
                    json!({ "id": id, "audioUrl": url })
                })
                .collect();
            if is_pushed {
                let body = json!({ "code": code, "msg": word, "data": { "callbackType": word, "data": rows } });
                let callback = Callback::<Music>::parse(body.to_string().as_bytes()).unwrap();
                let items = callback.output().map(|output| output.items()).unwrap_or_default();
                return (callback.state(), items);
            }
            let response = json!({ "sunoData": rows });
            let record = json!({ "status": status, "errorCode": code, "response": response });
            let record: MusicRecord = serde_json::from_value(record).unwrap();
            (record.state(), record.output().unwrap().items())
        };
        messages.into_iter().chain([("complete", tracks, false)]).map(message).collect()
    })
}

#[test]
fn the_last_stage_is_kept_when_a_late_message_comes() {
    let mut progress = Progress::default();
    assert_eq!(progress, Progress::new());
    assert!(progress.observe(&TaskState::Complete, Vec::new()).is_some());
    assert_eq!(progress.observe(&TaskState::Running(Some(Stage::Text)), Vec::new()), None);
    assert_eq!(progress.observe(&TaskState::Running(None), Vec::new()), None);
    assert_eq!(progress.observe(&TaskState::Undelivered, Vec::new()), None);
    assert_eq!(progress.stage(), Some(Stage::Complete));
}

#[test]
fn a_thing_is_reported_once_when_its_link_moves() {
    let item = |url: &str| serde_json::from_value::<Item>(json!({ "id": "a", "url": url, "urls": {} })).unwrap();
    let mut progress = Progress::new();
    assert!(
        progress.observe(&TaskState::Running(Some(Stage::First)), vec![item("https://files.example.net/a")]).is_some()
    );
    assert_eq!(
        progress.observe(&TaskState::Running(Some(Stage::First)), vec![item("https://cdn.example.net/a")]),
        None
    );
}

//! Tests of the progress of a command on standard error.

use kie_sandbox::Speed;
use kie_suno::receipts::ReceiptState;
use serde_json::{Value, json};

use crate::{
    ledger::shelf::{Written, write},
    stage::desk::Desk,
    stage::service::{stderr, stdout},
};

/// Writes receipts of finished songs that took this many seconds.
fn finished(desk: &Desk, seconds: &[u64], model: &str) {
    let request = json!({ "customMode": false, "instrumental": false, "model": model, "prompt": "x" });
    let receipts = seconds.iter().enumerate().map(|(number, seconds)| {
        let receipt = Written::new(
            &format!("{model:x<4}{number}").replace(|c: char| !c.is_ascii_hexdigit(), "0"),
            "generate-music",
            &request,
        );
        let mut receipt = receipt.is(ReceiptState::Complete, 10_000).made(&format!("{model}{number}"), &[]);
        receipt.0.changed = receipt.0.created + std::time::Duration::from_secs(*seconds);
        receipt
    });
    write(desk, receipts);
}

/// Returns the events that a command printed.
fn events(desk: &Desk, arguments: &[&str]) -> Vec<Value> {
    let output = desk.kie().args(["--progress", "json"]).args(arguments).output().unwrap();
    stderr(&output).lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
}

#[test]
fn the_usual_time_is_told_from_three_songs_on() {
    let desk = Desk::new(Speed::Instant);
    finished(&desk, &[64, 110], "V5_5");
    finished(&desk, &[10, 11, 12], "V4");
    let told = desk.run(&["generate", "x"]);
    assert!(!stderr(&told).contains("usually"), "{told:?}");
    // A task that was noticed after an hour tells nothing.
    let request = json!({ "customMode": false, "instrumental": false, "model": "V5_5", "prompt": "x" });
    let mut late =
        Written::new("beef", "generate-music", &request).is(ReceiptState::Complete, 10_000).made("beef", &[]);
    late.0.changed = late.0.created + std::time::Duration::from_secs(3_600);
    let third = Written::new("feed", "generate-music", &request).is(ReceiptState::Complete, 10_000).made("feed", &[]);
    write(&desk, [late, third]);
    let told = desk.run(&["generate", "x"]);
    assert!(stderr(&told).contains("\nwaiting   usually "), "{told:?}");
    let waiting = events(&desk, &["generate", "x", "--model", "V4"]);
    let waiting = waiting.iter().find(|event| event["event"] == "waiting").unwrap();
    assert_eq!((&waiting["usualS"], &waiting["operation"]), (&json!([10, 12]), &json!("generate-music")));
}

#[test]
fn progress_can_be_read_by_programs() {
    let desk = Desk::new(Speed::Fast);
    let events = events(&desk, &["generate", "x", "--negative-tags", "drums", "--save", "songs", "--no-tags"]);
    let named = |name: &str| events.iter().filter(|event| event["event"] == name).collect::<Vec<_>>();
    assert!(events.len() < 60, "{events:?}");
    assert_eq!(named("note")[0]["level"], "warning");
    let stages: Vec<_> = named("stage").iter().map(|event| event["stage"].clone()).collect();
    assert_eq!(stages.last(), Some(&json!("complete")));
    let results = named("result");
    assert_eq!(results.len(), 2);
    assert!(results[0]["durationS"].is_number() && results[0]["id"].is_string(), "{results:?}");
    let last = *named("transfer").last().unwrap();
    assert_eq!((&last["bytes"], &last["doing"]), (&last["total"], &json!("saving 2 files")));
    let sizes = std::fs::read_dir(desk.path("songs")).unwrap().map(|file| file.unwrap().metadata().unwrap().len());
    assert_eq!(last["total"], json!(sizes.sum::<u64>()));

    let refused = self::events(&desk, &["generate", "x", "--duration", "5"]);
    assert!(refused.iter().any(|event| event["level"] == "error"), "{refused:?}");
}

#[test]
fn progress_is_plain_in_a_pipe_and_can_be_left_out() {
    let desk = Desk::new(Speed::Instant);
    let run = |form: &[&str]| desk.kie().args(form).args(["generate", "x"]).output().unwrap();
    let (auto, plain, none) = (run(&[]), run(&["--progress", "plain"]), run(&["--progress", "none"]));
    for told in [&auto, &plain] {
        assert!(stderr(told).contains("\ncomplete  all results are finished\n"), "{told:?}");
        assert!(!stderr(told).contains('\u{1b}') && !stderr(told).contains('\r'), "{told:?}");
    }
    assert!(!stderr(&none).contains("complete") && stderr(&none).contains("\ntask "), "{none:?}");
    assert_eq!(stdout(&none).lines().count(), 3, "{none:?}");
    assert_eq!(run(&["--progress", "loud"]).status.code(), Some(2));
}

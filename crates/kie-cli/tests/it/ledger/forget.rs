//! Tests of `kie forget`, which closes receipts that will never be finished.

use kie_sandbox::{Fault, Speed, TaskScript};
use kie_suno::receipts::ReceiptId;
use serde_json::json;

use crate::{
    stage::desk::Desk,
    stage::service::{stderr, stdout},
};

#[test]
fn what_is_forgotten_is_no_longer_listed_and_its_name_is_free() {
    let desk = Desk::new(Speed::Instant);
    desk.service.sandbox.fault("generate-music", Fault::DropResponse);
    let lost = desk.json(7, &["generate", "x", "--name", "order"])["receipt"].as_str().unwrap().to_owned();
    desk.json(7, &["generate", "x", "--name", "order"]);
    assert_eq!(desk.starts(), 1, "it is not sent again by itself");
    assert!(stderr(&desk.run(&["tasks"])).contains("kie forget ID"));
    let made = desk.json(0, &["generate", "y", "--no-wait"])["taskId"].clone();
    let other = desk.tasks()[1]["receipt"].as_str().unwrap().to_owned();

    let unknown = ReceiptId::random().unwrap().to_string();
    let refused = desk.run(&["forget", &lost, &unknown]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert!(stderr(&refused).contains(&unknown), "{refused:?}");
    assert_eq!(desk.tasks().len(), 2, "one wrong id forgets nothing");
    assert_eq!(desk.run(&["forget"]).status.code(), Some(2));

    let told = desk.json(0, &["forget", &lost, &other]);
    let receipts = &told["receipts"];
    assert_eq!((&receipts[0]["outcome"], &receipts[0]["name"]), (&json!("forgotten"), &json!("order")));
    assert_eq!((&receipts[1]["outcome"], &receipts[1]["taskId"]), (&json!("forgotten"), &made));
    assert!(desk.tasks().is_empty());
    let again = desk.run(&["forget", &lost]);
    assert!(stdout(&again).starts_with(&format!("receipt {lost} was already finished")), "{again:?}");

    desk.json(0, &["generate", "x", "--name", "order", "--save", "songs"]);
    assert_eq!((desk.starts(), desk.songs()), (3, 2), "and the next of its name is sent");
}

#[test]
fn a_lookup_of_a_task_updates_its_receipt() {
    let desk = Desk::new(Speed::Instant);
    desk.service.sandbox.script_task(TaskScript::fails_as("SENSITIVE_WORD_ERROR", 400));
    let failed = desk.json(5, &["generate", "x", "--no-wait"])["taskId"].as_str().unwrap().to_owned();
    let made = desk.json(0, &["generate", "y", "--no-wait"])["taskId"].as_str().unwrap().to_owned();
    desk.json(5, &["task", "generate-music", &failed]);
    desk.json(0, &["task", "generate-music", &made]);
    let listed = desk.tasks();
    assert_eq!(listed.len(), 1, "a failed task is no longer listed: {listed:?}");
    assert_eq!((&listed[0]["taskId"], &listed[0]["state"]), (&json!(made), &json!("complete")));
}

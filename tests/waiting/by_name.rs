//! Tests of calls, tasks and their changes for operations that are known by their names.

use std::sync::Arc;

use kie_ledger::MemoryLedger;
use kie_sandbox::{Sandbox, Speed, TaskScript};
use kie_suno::{
    Error, Route, Stage,
    receipts::{Receipt, ReceiptState},
    records::{Item, Outcome, Output as _, Record as _},
    requests::{
        GenerateLyrics,
        catalog::{OPERATIONS, examples},
    },
};
use serde_json::{Value, json, to_value};

use crate::setup::stack::{client_of, instant, live, waltz};

#[tokio::test(start_paused = true)]
async fn a_task_that_is_started_by_name_is_the_same_as_a_typed_one() {
    let (sandbox, client) = live();
    let typed = client.start(waltz()).await.unwrap();
    typed.wait().await.unwrap();
    let polls = || sandbox.requests("get-music-details").len();
    let typed_polls = polls();

    let task = client.start_any("generate-music", to_value(waltz()).unwrap()).unwrap().await.unwrap();
    assert_eq!((task.kind(), task.route()), ("music", Route::Classic));
    let report = task.wait().await.unwrap();
    assert_eq!((report.outcome, report.items.len()), (Outcome::Success, 2));
    // The first poll of a new task is delayed in the same way.
    assert_eq!(polls(), typed_polls * 2);
    let requests = sandbox.requests("generate-music");
    assert_eq!(requests[0].body, requests[1].body);
}

#[tokio::test(start_paused = true)]
async fn the_changes_of_a_task_without_types_are_those_of_the_typed_task() {
    let (sandbox, client) = live();
    let mut typed = Vec::new();
    let mut events = client.start(waltz()).await.unwrap().events();
    while let Some(event) = events.next().await {
        let event = event.unwrap();
        let finished =
            event.record.output().map(|output| output.items().iter().filter(|item| item.is_available()).count());
        typed.push((event.stage, event.items.len(), finished.unwrap_or_default()));
    }

    let task = client.start_any("generate-music", to_value(waltz()).unwrap()).unwrap().await.unwrap();
    let (mut events, mut seen) = (task.events(), Vec::new());
    while let Some(event) = events.next().await {
        let event = event.unwrap();
        let finished = event.report.items.iter().filter(|item| item.is_available()).count();
        seen.push((event.stage, event.items.len(), finished));
        assert!(event.items.iter().all(Item::is_available));
    }
    assert_eq!(seen, [(Some(Stage::First), 1, 1), (Some(Stage::Complete), 1, 2)]);
    assert_eq!(seen, typed);
    assert!(events.next().await.is_none() && events.failing().is_none());

    sandbox.script_task(TaskScript::Fails {
        status: "SENSITIVE_WORD_ERROR".into(),
        code: 400,
        message: "no".into(),
        after: None,
    });
    let failed = client.start_any("generate-music", to_value(waltz()).unwrap()).unwrap().await.unwrap();
    let error = failed.events().next().await.unwrap().unwrap_err();
    assert_eq!(error.task_id(), Some(failed.id()));
}

#[tokio::test]
async fn only_operations_that_start_tasks_are_started() {
    let (_, client) = instant();
    for operation in OPERATIONS {
        assert_eq!(
            client.start_any(operation.name, json!({})).is_some(),
            operation.job.is_some(),
            "{}",
            operation.name
        );
        assert!(client.call_any(operation.name, json!({})).is_some());
    }
    for unknown in ["", "music", "Generate-Music", "ai-music-api/generate"] {
        assert!(client.start_any(unknown, json!({})).is_none() && client.call_any(unknown, json!({})).is_none());
    }
}

#[tokio::test]
async fn a_request_by_name_is_checked_before_it_is_sent() {
    let (sandbox, client) = instant();
    for operation in OPERATIONS.iter().filter(|operation| operation.job.is_some()) {
        let invalid = client.start_any(operation.name, json!({ "model": 7 })).unwrap().await.unwrap_err();
        assert!(matches!(&invalid, Error::Invalid(_)), "{}: {invalid}", operation.name);
        assert_eq!(sandbox.requests(operation.name).len(), 0);
    }
    let unchecked =
        client.start_any("generate-music", json!({ "model": "V9" })).unwrap().unchecked().await.unwrap_err();
    assert!(matches!(unchecked, Error::Api(_)), "{unchecked:?}");
    assert_eq!(sandbox.requests("generate-music").len(), 1);
}

#[tokio::test]
async fn a_call_by_name_responds_with_json() {
    let (_, client) = instant();
    let credits = client.call_any("get-account-credits", json!({})).unwrap().await.unwrap();
    assert!(credits.as_f64().is_some_and(|credits| credits > 0.0), "{credits}");
    let style = client.call_any("boost-music-style", json!({ "content": "tango" })).unwrap().await.unwrap();
    assert!(style["result"].is_string(), "{style}");
    let started = client.call_any("generate-lyrics", json!({ "prompt": "two lighthouses" })).unwrap().await.unwrap();
    assert!(started["taskId"].is_string(), "{started}");
    let named = client.call_any("get-account-credits", json!({})).unwrap().named("balance").await.unwrap_err();
    assert!(matches!(named, Error::Ledger(_)), "{named:?}");
}

#[tokio::test(start_paused = true)]
async fn a_name_of_a_call_by_name_is_an_idempotency_key() {
    let sandbox = Sandbox::builder().speed(Speed::Live).build();
    let ledger = Arc::new(MemoryLedger::new());
    let client = client_of(&sandbox).ledger(Arc::clone(&ledger)).build().unwrap();
    let request: Value = examples("generate-lyrics").unwrap().remove(0);
    let start = || client.start_any("generate-lyrics", request.clone()).unwrap().named("order-1").route(Route::Market);
    let (first, second) = (start().await.unwrap(), start().await.unwrap());
    assert_eq!((first.id(), first.receipt(), first.route()), (second.id(), second.receipt(), Route::Market));
    assert_eq!(sandbox.tasks().len(), 1);

    // The receipt leads to the task, whatever its kind.
    let resumed = client.resume_any(first.receipt().unwrap()).await.unwrap();
    assert_eq!((resumed.id(), resumed.kind(), resumed.route()), (first.id(), "lyrics", Route::Market));
    assert_eq!(resumed.wait().await.unwrap().outcome, Outcome::Success);
    let receipt = client.receipt("order-1").await.unwrap().unwrap();
    assert_eq!(receipt.state, ReceiptState::Complete);
}

#[tokio::test(start_paused = true)]
async fn a_receipt_that_leads_to_no_task_tells_why() {
    let sandbox = Sandbox::builder().speed(Speed::Live).build();
    let ledger = Arc::new(MemoryLedger::new());
    let client = client_of(&sandbox).ledger(Arc::clone(&ledger)).build().unwrap();
    let prepared = Receipt::new("generate-lyrics", "{}").unwrap();
    kie_suno::receipts::Ledger::write(&*ledger, &prepared).await.unwrap();
    client.call_any("boost-music-style", json!({ "content": "tango" })).unwrap().named("style").await.unwrap();
    let style = client.receipt("style").await.unwrap().unwrap().id;
    let missing = "0".repeat(32).parse().unwrap();
    for (receipt, why) in [
        (prepared.id, "its call was refused or never sent, so make the call again"),
        (style, "its operation starts no task"),
        (missing, "the ledger does not have it"),
    ] {
        let error = client.resume_any(receipt).await.unwrap_err();
        assert!(matches!(&error, Error::NotResumed(not) if not.to_string().ends_with(why)), "{error}");
    }
    let typed = client.start(GenerateLyrics::new("a waltz")).named("lyrics").await.unwrap();
    assert_eq!(client.resume_any(typed.receipt().unwrap()).await.unwrap().id(), typed.id().as_str());
}

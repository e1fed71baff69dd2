//! Tests of tasks whose kind is known only as a string. Such tasks are found, polled, reported and saved.

use std::{sync::Arc, time::Duration};

use kie_ledger::MemoryLedger;
use kie_sandbox::{Sandbox, Speed, TaskScript};
use kie_suno::{
    Error, Polling, Route, Stage,
    receipts::ReceiptState,
    records::Outcome,
    requests::{
        GenerateLyrics, TaskEndpoint,
        catalog::{self, OPERATIONS, Visitor},
    },
};
use tempfile::tempdir;
use tokio::time::Instant;

use crate::setup::stack::{client_of, instant, live, waltz};

#[tokio::test(start_paused = true)]
async fn a_task_is_opened_by_the_name_of_its_operation_or_kind() {
    let (sandbox, client) = live();
    let started = client.start(waltz()).await.unwrap();
    let folder = tempdir().unwrap();
    for name in ["generate-music", "extend-music", "music"] {
        let task = client.any_task(name, started.id().as_str()).unwrap();
        assert_eq!((task.id(), task.kind(), task.receipt()), (started.id().as_str(), "music", None));
        let first = task.wait().until(Stage::First).await.unwrap();
        assert!(first.items.iter().any(kie_suno::records::Item::is_available));
        let report = task.wait().await.unwrap();
        assert_eq!((report.outcome, report.items.len()), (Outcome::Success, 2));
        assert_eq!(report, task.report().await.unwrap());
        assert_eq!(task.save(&report, folder.path()).await.unwrap().len(), 2);
    }
    for name in ["", "Music", "get-music-details", "boost-music-style", "get-account-credits"] {
        assert!(client.any_task(name, "abc").is_none(), "{name} starts no task");
    }
    assert_eq!(sandbox.tasks().len(), 1);
}

#[test]
fn every_kind_of_task_has_a_name_that_leads_to_it() {
    struct Kind;
    impl Visitor for Kind {
        type Output = Option<&'static str>;
        fn call<E: kie_suno::requests::Endpoint>(self) -> Self::Output {
            None
        }
        fn start<E: TaskEndpoint>(self) -> Self::Output {
            Some(<E::Job as kie_suno::records::Job>::NAME)
        }
    }
    let (_, client) = instant();
    for known in OPERATIONS {
        let kind = catalog::visit(known.name, Kind).flatten();
        assert_eq!(client.any_task(known.name, "abc").map(|task| task.kind()), kind, "{}", known.name);
        assert_eq!(client.any_task_on(known.name, "abc", Route::Market).is_some(), known.may_start_task(Route::Market));
        if let Some(kind) = kind {
            assert_eq!(client.any_task(kind, "abc").map(|task| task.kind()), Some(kind));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_leads_to_its_task_and_its_files() {
    let sandbox = Sandbox::builder().speed(Speed::Live).build();
    let ledger = Arc::new(MemoryLedger::new());
    let client = client_of(&sandbox).ledger(Arc::clone(&ledger)).build().unwrap();
    assert_eq!(client.receipt("order-1").await.unwrap(), None);
    client.start(GenerateLyrics::new("two accordions")).named("order-1").await.unwrap();

    let receipt = client.receipt("order-1").await.unwrap().unwrap();
    let task = client.task_of(&receipt).unwrap();
    assert_eq!((task.kind(), task.receipt()), ("lyrics", Some(receipt.id)));
    let folder = tempdir().unwrap();
    let report = task.wait().await.unwrap();
    let files = task.save(&report, folder.path()).await.unwrap();
    let receipt = client.receipt("order-1").await.unwrap().unwrap();
    assert_eq!((receipt.state, receipt.files.len()), (ReceiptState::Saved, files.len()));
    assert!(
        client.task_of(&kie_suno::receipts::Receipt::new("generate-music", "{}").unwrap()).is_none(),
        "it was never sent"
    );
}

#[tokio::test(start_paused = true)]
async fn a_wait_without_types_fails_and_ends_as_one_with_them() {
    let (sandbox, client) = live();
    let fails =
        TaskScript::Fails { status: "SENSITIVE_WORD_ERROR".into(), code: 400, message: "no".into(), after: None };
    sandbox.script_task(fails);
    let failed = client.start(waltz()).await.unwrap().any();
    assert!(matches!(failed.wait().await, Err(Error::Failed(_))));
    assert_eq!(failed.report().await.unwrap().outcome, Outcome::Failed);
    let running = client.start(waltz()).await.unwrap().any();
    let late = running.wait().timeout(Duration::from_secs(3)).await.unwrap_err();
    assert!(matches!(&late, Error::TimedOut(_)), "{late:?}");
    assert_eq!(late.task_id(), Some(running.id()));
}

#[tokio::test(start_paused = true)]
async fn the_client_s_polling_holds_for_every_wait() {
    let sandbox = Sandbox::builder().speed(Speed::Instant).build();
    let moment = Duration::from_millis(10);
    let client = client_of(&sandbox).polling(Polling::default().first_poll(moment)).build().unwrap();
    let task = client.start(waltz()).await.unwrap();
    let begin = Instant::now();
    task.wait().await.unwrap();
    assert!(begin.elapsed() < Duration::from_millis(500), "{:?}", begin.elapsed());
    task.any().wait().await.unwrap();
    // This call to `wait` sets its own polling settings. They replace the polling settings of the client.
    let begin = Instant::now();
    client.start(waltz()).await.unwrap().wait().polling(Polling::default()).await.unwrap();
    assert!(begin.elapsed() >= Duration::from_secs(2));
}

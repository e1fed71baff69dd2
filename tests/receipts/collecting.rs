//! Tests of `save_all`: it saves every task that is finished and not saved yet, including tasks that another process
//! started. It saves each task once.

use std::{
    collections::HashSet,
    sync::Arc,
    time::{Duration, SystemTime},
};

use kie_ledger::MemoryLedger;
use kie_sandbox::{FILES, Fault, Speed, TaskScript};
use kie_suno::{
    Polling, Stage,
    files::{SaveOutcome, SaveReport},
    receipts::{
        CallbackRecord, Ledger, LedgerFuture, Receipt, ReceiptId, ReceiptKey, ReceiptState, ReceiptUpdate, SendId,
        SendPermit,
    },
    requests::{
        Endpoint, TaskEndpoint,
        catalog::{self, OPERATIONS},
    },
};
use tempfile::tempdir;

use super::{MUSIC, Setup, moment, prepared};
use crate::setup::{canned::Canned, ledgers::same_as_inner, stack::waltz};

#[tokio::test(start_paused = true)]
async fn complete_tasks_are_saved_and_the_others_are_reported() {
    let setup = Setup::new(Speed::Live);
    let folder = tempdir().unwrap();
    let client = setup.client();
    let complete = client.start(waltz()).await.unwrap();
    setup.sandbox.script_task(TaskScript::Fails {
        status: "SENSITIVE_WORD_ERROR".into(),
        code: 400,
        message: "bad words".into(),
        after: None,
    });
    client.start(waltz()).await.unwrap();
    setup.sandbox.script_task(TaskScript::Undelivered { with_tracks: false });
    client.start(waltz()).await.unwrap();
    tokio::time::sleep(Duration::from_secs(300)).await;
    client.start(waltz()).await.unwrap();
    setup.sandbox.script_task(TaskScript::HiddenFor(Duration::from_secs(3_600)));
    client.start(waltz()).await.unwrap();
    setup.sandbox.fault(MUSIC, Fault::DropResponse);
    client.start(waltz()).await.unwrap_err();

    let collected = client.save_all(folder.path()).await.unwrap();
    let outcome: Vec<_> = collected.iter().map(|collected| &collected.outcome).collect();
    let [
        SaveOutcome::Saved(files),
        SaveOutcome::Failed { reason, files: none },
        SaveOutcome::Running,
        SaveOutcome::Running,
        SaveOutcome::NotFound,
    ] = outcome[..]
    else {
        panic!("{outcome:?}")
    };
    assert!(files.len() == 2 && files.iter().all(|file| file.path.is_file()));
    assert!(reason.contains("bad words") && none.is_empty(), "{reason}");
    let states: Vec<_> = client.unfinished().await.unwrap().into_iter().map(|receipt| receipt.state).collect();
    assert_eq!(
        states,
        [ReceiptState::Running, ReceiptState::Running, ReceiptState::Running, ReceiptState::Sent],
        "saved and failed tasks are not listed"
    );
    let receipt = setup.receipt(ReceiptKey::Id(complete.receipt().unwrap())).await;
    assert_eq!((receipt.stage, receipt.files.len()), (Some(Stage::Complete), 2));

    tokio::time::sleep(Duration::from_secs(300)).await;
    let files = setup.calls(FILES);
    let collected = client.save_all(folder.path()).await.unwrap();
    assert!(matches!(collected[1].outcome, SaveOutcome::Saved(_)), "{collected:?}");
    assert_eq!(setup.calls(FILES), files + 2, "nothing is fetched twice");
}

#[tokio::test(start_paused = true)]
async fn a_track_that_was_finished_before_its_task_failed_is_saved() {
    let setup = Setup::new(Speed::Live);
    let folder = tempdir().unwrap();
    let client = setup.client();
    setup.sandbox.script_task(TaskScript::fails_after(Stage::First, 501));
    let task = client.start(waltz()).await.unwrap();
    tokio::time::sleep(Duration::from_secs(300)).await;

    // The first save fails, because a file has the name of the folder.
    std::fs::write(folder.path().join("songs"), "no folder").unwrap();
    let collected = client.save_all(folder.path().join("songs")).await.unwrap();
    assert!(matches!(collected[0].outcome, SaveOutcome::Error(_)), "{collected:?}");
    assert_eq!(setup.receipt(ReceiptKey::Id(task.receipt().unwrap())).await.state, ReceiptState::Running);

    let collected = client.save_all(folder.path().join("singles")).await.unwrap();
    let SaveOutcome::Failed { reason, files } = &collected[0].outcome else { panic!("{collected:?}") };
    assert!(reason.contains("generation failed") && files.len() == 1 && files[0].path.is_file(), "{collected:?}");
    assert_eq!(setup.receipt(ReceiptKey::Id(task.receipt().unwrap())).await.state, ReceiptState::Failed);
    assert!(client.unfinished().await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_expired_link_is_replaced() {
    for status in [403, 404, 410] {
        let setup = Setup::new(Speed::Instant);
        let folder = tempdir().unwrap();
        let client = setup.client();
        client.start(waltz()).await.unwrap();
        setup.sandbox.fault(FILES, Fault::ErrorPage { http_status: status });
        let collected = client.save_all(folder.path()).await.unwrap();
        assert!(matches!(collected[0].outcome, SaveOutcome::Saved(_)), "{collected:?}");
        assert_eq!((setup.calls("download-url"), setup.calls(FILES)), (1, 3));
        assert!(setup.sandbox.requests(FILES).iter().all(|request| !request.bearer));
    }

    // All links to one track of the first song are broken. This song is reported as an error, and the second song is
    // saved.
    let setup = Setup::new(Speed::Instant);
    let folder = tempdir().unwrap();
    let client = setup.client();
    let lost = client.start(waltz()).await.unwrap().wait().await.unwrap()[0].id.clone().unwrap();
    client.start(waltz()).await.unwrap();
    let is_lost = move |path: &str| path.contains(lost.as_str());
    setup.sandbox.faults(move |request| is_lost(&request.path).then(|| Fault::error_page(404)));
    let collected = client.save_all(folder.path()).await.unwrap();
    let saved = collected.iter().filter(|collected| matches!(collected.outcome, SaveOutcome::Saved(_))).count();
    let failed = collected.iter().filter(|collected| matches!(collected.outcome, SaveOutcome::Error(_))).count();
    assert_eq!((saved, failed), (1, 1), "{collected:?}");
    setup.sandbox.faults(|_| None);
    assert!(client.save_all(folder.path()).await.unwrap().iter().all(|it| matches!(it.outcome, SaveOutcome::Saved(_))));
    assert!(client.unfinished().await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_song_whose_first_track_was_saved_early_is_saved_completely() {
    let setup = Setup::new(Speed::Live);
    let folder = tempdir().unwrap();
    let task = setup.client().start(waltz()).await.unwrap();
    let mut tracks = task.wait().until(Stage::First).polling(Polling::default()).await.unwrap();
    tracks.retain(|track| track.url().is_some());
    assert_eq!(task.save(&tracks, folder.path()).await.unwrap().len(), 1, "the other is not finished");
    tokio::time::sleep(Duration::from_secs(300)).await;
    let collected = setup.client().save_all(folder.path()).await.unwrap();
    assert!(
        matches!(&collected[..], [SaveReport { outcome: SaveOutcome::Saved(files), .. }] if files.len() == 2),
        "{collected:?}"
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "the first file is unchanged");
    assert!(setup.ledger.unfinished(None, usize::MAX).await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_stage_of_a_running_task_is_written_to_its_receipt() {
    let setup = Setup::new(Speed::Live);
    let task = setup.client().start(waltz()).await.unwrap();
    tokio::time::sleep(Duration::from_secs(62)).await;
    let collected = setup.client().save_all(tempdir().unwrap().path()).await.unwrap();
    assert!(matches!(collected[0].outcome, SaveOutcome::Running), "{collected:?}");
    let receipt = setup.receipt(ReceiptKey::Id(task.receipt().unwrap())).await;
    assert_eq!((receipt.state, receipt.stage), (ReceiptState::Running, Some(Stage::Text)));
}

#[tokio::test(start_paused = true)]
async fn two_that_save_at_once_save_nothing_twice() {
    let setup = Setup::new(Speed::Instant);
    let client = setup.builder(setup.ledger.clone()).task_rate(1_000, Duration::from_secs(1)).build().unwrap();
    for _ in 0..24 {
        client.start(waltz()).await.unwrap();
    }
    let (one, other) = (tempdir().unwrap(), tempdir().unwrap());
    let (first, second) = (setup.client(), setup.client());
    let (first, second) =
        tokio::join!(first.save_all(one.path()).into_future(), second.save_all(other.path()).into_future());
    let mut saved = HashSet::new();
    let (mut counts, mut held) = ([0, 0], 0);
    for (who, collected) in [first.unwrap(), second.unwrap()].into_iter().enumerate() {
        for collected in collected {
            match collected.outcome {
                SaveOutcome::Saved(files) => {
                    assert!(saved.insert(collected.receipt.id), "a task was saved twice");
                    assert_eq!(files.len(), 2);
                    counts[who] += 1;
                }
                SaveOutcome::Held => held += 1,
                outcome => panic!("{outcome:?}"),
            }
        }
    }
    println!("two savers of 24 songs: {counts:?}, and {held} times the other had claimed it");
    assert_eq!((saved.len(), setup.calls(FILES)), (24, 48));
    assert!(client.unfinished().await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn two_whose_leases_have_ended_lose_nothing() {
    let setup = Setup::new(Speed::Instant);
    let (client, folder) = (setup.client(), tempdir().unwrap());
    // A second ledger has a copy of the receipt. It does not know of the claim in the first ledger, as if the lease of
    // the claim had ended.
    let other = Arc::new(MemoryLedger::new());
    let task = client.start(waltz()).await.unwrap();
    other.write(&setup.receipt(ReceiptKey::Id(task.receipt().unwrap())).await).await.unwrap();
    let second = setup.builder(Arc::clone(&other)).build().unwrap();
    let (one, two) =
        tokio::join!(client.save_all(folder.path()).into_future(), second.save_all(folder.path()).into_future());
    for collected in [one.unwrap(), two.unwrap()] {
        let SaveOutcome::Saved(files) = &collected[0].outcome else { panic!("{collected:?}") };
        assert!(files.len() == 2 && files.iter().all(|file| file.path.is_file()), "{files:?}");
    }
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let path = file.unwrap().path();
        assert!(path.extension().unwrap() == "mp3" && std::fs::read(&path).unwrap().starts_with(b"ID3"), "{path:?}");
    }
    assert!(client.unfinished().await.unwrap().is_empty() && second.unfinished().await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_young_task_is_waited_for_and_so_is_one_with_a_creation_time_in_the_future() {
    // The callback of this task was not delivered. Its second track has no link, so it is unknown whether this track is
    // missing or only not ready yet.
    let record = r#"{"code":200,"msg":"success","data":{"taskId":"abc","status":"CALLBACK_EXCEPTION","response":{"taskId":"abc",
        "sunoData":[{"id":"a","audioUrl":"http://localhost/a.mp3","duration":10.0},{"id":"b","audioUrl":""}]}}}"#;
    let day = Duration::from_secs(24 * 60 * 60);
    let minutes = Duration::from_secs(5 * 60);
    for (created, goes_on) in
        [(SystemTime::now() + day, true), (SystemTime::now() - minutes, true), (SystemTime::now() - day, false)]
    {
        let setup = Setup::new(Speed::Instant);
        let client = setup.builder(setup.ledger.clone()).http(Canned::new(200, record)).build().unwrap();
        let mut receipt = Receipt::new(MUSIC, "{}").unwrap();
        receipt.created = created;
        setup.ledger.write(&receipt).await.unwrap();
        setup.ledger.update(receipt.id, &ReceiptUpdate::Named { task_id: "abc".into() }).await.unwrap();
        let collected = client.save_all(tempdir().unwrap().path()).await.unwrap();
        assert_eq!(matches!(collected[0].outcome, SaveOutcome::Running), goes_on, "{collected:?}");
    }
}

/// A ledger whose clock is an hour ahead of the clock of this machine, or an hour behind.
#[derive(Debug)]
struct OtherClock {
    ledger: MemoryLedger,
    is_ahead: bool,
}

impl Ledger for OtherClock {
    same_as_inner!(write, acquire_send, update, receive, find, unfinished, claim, release);

    fn now(&self) -> SystemTime {
        let hour = Duration::from_secs(3_600);
        if self.is_ahead { SystemTime::now() + hour } else { SystemTime::now() - hour }
    }
}

#[tokio::test(start_paused = true)]
async fn the_age_of_a_task_is_that_of_the_clock_of_its_ledger() {
    let record = r#"{"code":200,"msg":"success","data":{"taskId":"abc","status":"CALLBACK_EXCEPTION","response":{"taskId":"abc",
        "sunoData":[{"id":"a","audioUrl":"http://localhost/a.mp3","duration":10.0},{"id":"b","audioUrl":""}]}}}"#;
    for is_ahead in [true, false] {
        for (minutes, goes_on) in [(5, true), (20, false)] {
            let ledger = Arc::new(OtherClock { ledger: MemoryLedger::new(), is_ahead });
            let setup = Setup::new(Speed::Instant);
            let client = setup.builder(Arc::clone(&ledger)).http(Canned::new(200, record)).build().unwrap();
            let created = ledger.now() - Duration::from_secs(60 * minutes);
            let receipt = Receipt::new(MUSIC, "{}").unwrap().created_at(created);
            ledger.write(&receipt).await.unwrap();
            ledger.update(receipt.id, &ReceiptUpdate::Named { task_id: "abc".into() }).await.unwrap();
            let collected = client.save_all(tempdir().unwrap().path()).await.unwrap();
            let is_running = matches!(collected[0].outcome, SaveOutcome::Running);
            assert_eq!(is_running, goes_on, "ahead {is_ahead}, {minutes} minutes: {collected:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_saver_that_is_killed_holds_a_song_for_a_minute() {
    let setup = Setup::new(Speed::Instant);
    let folder = tempdir().unwrap();
    let client = setup.client();
    client.start(waltz()).await.unwrap();
    setup.sandbox.fault(FILES, Fault::Hang);
    let killed = tokio::time::timeout(Duration::from_secs(50), client.save_all(folder.path()).into_future()).await;
    assert!(killed.is_err(), "the save is waiting for the host");
    let collected = client.save_all(folder.path()).await.unwrap();
    assert!(matches!(collected[0].outcome, SaveOutcome::Held), "{collected:?}");
    tokio::time::sleep(Duration::from_secs(61)).await;
    let collected = client.save_all(folder.path()).await.unwrap();
    assert!(matches!(collected[0].outcome, SaveOutcome::Saved(_)), "{collected:?}");
}

struct Start<'a>(&'a Setup);

impl<'a> catalog::Visitor for Start<'a> {
    type Output = std::pin::Pin<Box<dyn Future<Output = bool> + 'a>>;

    fn call<E: Endpoint>(self) -> Self::Output {
        Box::pin(async { false })
    }

    fn start<E: TaskEndpoint>(self) -> Self::Output {
        Box::pin(async move {
            let request = prepared::request::<E>(&self.0.sandbox).await;
            self.0.client().start(request).await.map(|task| task.receipt().is_some()).unwrap()
        })
    }
}

#[tokio::test(start_paused = true)]
async fn every_kind_of_task_is_saved() {
    let setup = Setup::new(Speed::Instant);
    let folder = tempdir().unwrap();
    let mut started = 0;
    for operation in OPERATIONS {
        started += usize::from(catalog::visit(operation.name, Start(&setup)).unwrap().await);
    }
    moment().await;
    let collected = setup.client().save_all(folder.path()).await.unwrap();
    assert_eq!(collected.len(), started);
    for collected in &collected {
        assert!(matches!(&collected.outcome, SaveOutcome::Saved(files) if !files.is_empty()), "{collected:?}");
    }
    assert!(setup.ledger.unfinished(None, usize::MAX).await.unwrap().is_empty());
}

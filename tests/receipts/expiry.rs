//! Tests of files that expire: `save_all` saves the files that expire first before other files, replaces expired links,
//! and reports files that have expired.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use kie_ledger::MemoryLedger;
use kie_sandbox::{FILES, Sandbox, Speed};
use kie_suno::{
    Client, Error, Task,
    files::SaveOutcome,
    receipts::{Ledger, Receipt, ReceiptUpdate},
    records::Music,
};
use tempfile::tempdir;
use tokio::time::sleep;

use super::MUSIC;
use crate::setup::stack::{client_of, linked, waltz, with_ledger};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Returns a sandbox account whose clock is `ago` behind, and its client. tokio's time is paused in these tests. When a
/// test has let `ago` pass, the clock of the account shows the real time.
fn opened(ago: Duration) -> (Sandbox, Client) {
    let sandbox = Sandbox::builder().speed(Speed::Instant).start_time(SystemTime::now() - ago).build();
    let client = client_of(&sandbox).build().unwrap();
    (sandbox, client)
}

/// Writes the receipt of this task into the ledger, as if the task had been started `ago` before now.
async fn write(ledger: &impl Ledger, task: &Task<Music>, ago: Duration) {
    let mut receipt = Receipt::new(MUSIC, "{}").unwrap();
    receipt.created = SystemTime::now() - ago;
    ledger.write(&receipt).await.unwrap();
    let task_id = task.id().to_string();
    ledger.update(receipt.id, &ReceiptUpdate::Named { task_id }).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_files_that_expire_first_are_saved_first_and_expired_ones_are_reported() {
    let (sandbox, client) = opened(16 * DAY);
    let ledger = Arc::new(MemoryLedger::new());
    let folder = tempdir().unwrap();
    let mut tasks = Vec::new();
    for (day, then) in [(16, 2), (14, 1), (13, 12), (1, 1)] {
        let task = client.start(waltz()).await.unwrap();
        write(&ledger, &task, day * DAY).await;
        tasks.push(task);
        sleep(then * DAY).await;
    }
    let saver = client_of(&sandbox).ledger(Arc::clone(&ledger)).build().unwrap();
    let collected = saver.save_all(folder.path()).await.unwrap();

    let order: Vec<_> = collected.iter().map(|it| it.receipt.task_id.as_deref().unwrap()).collect();
    let of = |index: usize| tasks[index].id().as_str();
    assert_eq!(order, [of(1), of(2), of(3), of(0)], "the oldest first, and the expired one last");
    let outcome: Vec<_> = collected.iter().map(|it| &it.outcome).collect();
    let [SaveOutcome::Error(fresh_gone), SaveOutcome::Saved(_), SaveOutcome::Saved(_), SaveOutcome::Error(long_gone)] =
        outcome[..]
    else {
        panic!("{outcome:?}")
    };
    for (error, age) in [(fresh_gone, 14), (long_gone, 16)] {
        let Error::Save(save) = error else { panic!("{error:?}") };
        let since = save.expired_since().and_then(kie_suno::records::Timestamp::system_time).unwrap();
        let over = SystemTime::now().duration_since(since).unwrap();
        assert_eq!((over.as_secs() / DAY.as_secs(), save.missing()), (age - 14, 2));
        let text = format!("KIE documents that it keeps files for 14 days, and these were made {age} days ago, at 20");
        assert!(error.to_string().contains(&text), "{error}");
    }
    let counts = (sandbox.requests(FILES).len(), sandbox.requests("download-url").len());
    println!("four songs of two files, two of them expired: requests of (files, new links) {counts:?}");
    assert_eq!(counts, (16, 4), "each expired file takes three requests and one request for a new link");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4, "no temporary file is left");

    // The receipts of expired files remain unfinished, so the next `save_all` reports these files again.
    let again = saver.save_all(folder.path()).await.unwrap();
    assert_eq!(again.len(), 2);
    assert!(
        again
            .iter()
            .all(|it| matches!(&it.outcome, SaveOutcome::Error(Error::Save(it)) if it.expired_since().is_some()))
    );
}

#[tokio::test(start_paused = true)]
async fn a_refused_file_that_has_time_left_is_not_expired() {
    let (sandbox, client) = opened(13 * DAY);
    let folder = tempdir().unwrap();
    let task = client.start(waltz()).await.unwrap();
    let mut tracks = task.wait().await.unwrap();
    sleep(13 * DAY).await;
    tracks[0] = linked(&tracks[0], "http://localhost/files/of-somebody-else.mp3");
    let error = task.save(&tracks, folder.path()).await.unwrap_err();
    let Error::Save(save) = &error else { panic!("{error:?}") };
    assert_eq!((save.expired_since(), save.saved().len(), save.missing()), (None, 1, 1));
    assert!(!error.to_string().contains("days"), "{error}");
    assert_eq!(sandbox.requests("download-url").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_new_link_is_not_written_to_disk() {
    let (sandbox, ledger, client) = with_ledger();
    let folder = tempdir().unwrap();
    let task = client.start(waltz()).await.unwrap();
    // The two tracks are saved in two calls, so that the download of each track gets one of the two refusals.
    for track in task.wait().await.unwrap() {
        sandbox.fault(FILES, kie_sandbox::Fault::ErrorPage { http_status: 403 });
        assert_eq!(task.save(&vec![track], folder.path()).await.unwrap().len(), 1);
    }
    let fetched = sandbox.requests(FILES);
    assert_eq!(fetched.iter().filter(|request| request.path.contains("Signature=")).count(), 2);
    let receipt = ledger.find(kie_suno::receipts::ReceiptKey::Id(task.receipt().unwrap())).await.unwrap().unwrap();
    let written = serde_json::to_string(&receipt).unwrap();
    assert!(receipt.files.len() == 2 && !written.contains("Signature"), "{written}");
}

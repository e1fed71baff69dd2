//! Saving songs with several processes.

use std::{sync::Arc, time::Duration};

use kie_ledger::Ledger;
use kie_sandbox::FILES;
use kie_suno::{Client, files::SaveOutcome};
use tokio::task::JoinSet;

use crate::setup::{Account, database, song};

/// Returns the numbers of the reports with saved songs, and of those with songs that another process has claimed.
async fn save(client: &Client, folder: &std::path::Path) -> (usize, usize) {
    let reports = client.save_all(folder).await.unwrap();
    let count = |is_it: fn(&SaveOutcome) -> bool| reports.iter().filter(|report| is_it(&report.outcome)).count();
    let saved = count(|outcome| matches!(outcome, SaveOutcome::Saved(_)));
    let held = count(|outcome| matches!(outcome, SaveOutcome::Held));
    assert_eq!(saved + held, reports.len(), "{reports:?}");
    (saved, held)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_processes_save_each_song_once() {
    const SONGS: usize = 24;
    let Some(cluster) = database() else { return };
    let (account, folder) = (Account::new(), tempfile::tempdir().unwrap());
    let builder = cluster.fresh().connections(2);
    let mut clients = Vec::new();
    for _ in 0..10 {
        clients.push(account.client(builder.clone().connect().await.unwrap()));
    }
    for number in 0..SONGS {
        clients[number % 10].start(song()).await.unwrap();
    }
    let mut saving = JoinSet::new();
    for client in clients {
        let folder = folder.path().to_owned();
        saving.spawn(async move { save(&client, &folder).await.0 });
    }
    let saved = saving.join_all().await;
    assert_eq!(saved.iter().sum::<usize>(), SONGS, "{saved:?}");
    assert_eq!(account.sandbox.requests(FILES).len(), 2 * SONGS, "each of the two tracks is fetched once");
    let is_song = |path: &std::path::Path| path.extension().is_some_and(|extension| extension == "mp3");
    let files = std::fs::read_dir(folder.path()).unwrap().filter(|entry| is_song(&entry.as_ref().unwrap().path()));
    assert_eq!(files.count(), 2 * SONGS);
    println!("songs that each of ten processes has saved: {saved:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_claim_of_a_dead_process_ends_with_its_lease() {
    let Some(cluster) = database() else { return };
    let (account, folder) = (Account::new(), tempfile::tempdir().unwrap());
    let builder = cluster.fresh();
    let client = account.client(builder.clone().connect().await.unwrap());
    let task = client.start(song()).await.unwrap();
    let dead = Arc::new(builder.connect().await.unwrap());
    let lease = Duration::from_secs(1);
    assert!(dead.claim(task.receipt().unwrap(), "dead", lease).await.unwrap().is_some());
    drop(dead);
    assert_eq!(save(&client, folder.path()).await, (0, 1));
    tokio::time::sleep(lease).await;
    assert_eq!(save(&client, folder.path()).await, (1, 0));
}

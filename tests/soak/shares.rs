//! Tests of several processes that share one account and one ledger.

use std::{collections::HashSet, time::Duration};

use kie_ledger::SqliteLedger;
use kie_sandbox::{FILES, Sandbox, Speed};
use kie_suno::{Credits, receipts::Ledger as _};

use super::size;
use crate::setup::children::run_all;

const PROCESSES: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_processes_keep_to_one_rate_and_save_each_song_once() {
    let (most, songs) = (size(5, 20), size(5, 25));
    let span = Duration::from_secs(size(1, 10) as u64);
    let folder = tempfile::tempdir().unwrap();
    let (path, saved) = (folder.path().join("ledger.db"), folder.path().join("songs"));
    let sandbox = Sandbox::builder().speed(Speed::Instant).credits(Credits::new(1e9)).build();
    let service = sandbox.listen(([127, 0, 0, 1], 0)).await.unwrap();
    let (songs_each, most_each, millis) = (songs.to_string(), most.to_string(), span.as_millis().to_string());
    let (path, saved) = (path.to_str().unwrap(), saved.to_str().unwrap());
    let words = ["shares", path, &service.base_url(), saved, &songs_each, &most_each, &millis];

    let lines = run_all(PROCESSES, &words).await;

    let requests = sandbox.requests("generate-music");
    assert_eq!((requests.len(), sandbox.tasks().len()), (PROCESSES * songs, PROCESSES * songs));
    let mut narrowest = Duration::MAX;
    for window in requests.windows(most + 1) {
        let width = window[most].at.saturating_sub(window[0].at);
        assert!(width >= span, "{} calls came within {width:?}", most + 1);
        narrowest = narrowest.min(width);
    }

    let shares: Vec<_> = lines.iter().map(Vec::len).collect();
    let saved: HashSet<_> = lines.iter().flatten().map(|(_, receipt)| receipt).collect();
    assert_eq!((saved.len(), shares.iter().sum()), (PROCESSES * songs, PROCESSES * songs), "each is saved once");
    let downloads = sandbox.requests(FILES);
    let paths: HashSet<_> = downloads.iter().map(|request| &request.path).collect();
    assert_eq!(
        (paths.len(), downloads.len()),
        (2 * PROCESSES * songs, 2 * PROCESSES * songs),
        "each file is fetched once"
    );
    let ledger = SqliteLedger::open(path).await.unwrap();
    assert_eq!(ledger.unfinished(None, usize::MAX).await.unwrap(), []);
    println!(
        "shares: {PROCESSES} processes, {} calls, any {} of them at least {narrowest:?} apart at {most} in {span:?}; songs \
         saved by each: {shares:?}",
        requests.len(),
        most + 1,
    );
    service.stop().await;
}

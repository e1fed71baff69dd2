//! Several processes on one file, real ones, and what is left when they are killed.

use std::{path::Path, time::Duration};

use kie_ledger::SqliteLedger;
use kie_suno::receipts::{Ledger as _, Receipt, ReceiptId, ReceiptKey, ReceiptState, SendPermit};

use crate::setup::children::{Child, run_all};

const PROCESSES: usize = 4;
const MOST: usize = 5;
const SPAN: Duration = Duration::from_millis(300);
const DEPARTURES: usize = 10;

fn word(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

#[tokio::test]
async fn four_share_the_window_and_the_claims() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let words =
        ["sends-and-claims", &word(&path), &DEPARTURES.to_string(), &MOST.to_string(), &SPAN.as_millis().to_string()];
    let told = run_all(PROCESSES, &words).await;

    let ledger = SqliteLedger::open(&path).await.unwrap();
    let receipts = ledger.unfinished().await.unwrap();
    let sent: Vec<_> = receipts.iter().filter(|receipt| receipt.state == ReceiptState::Sent).collect();
    assert_eq!(sent.len(), PROCESSES * DEPARTURES);
    assert!(sent.iter().all(|receipt| receipt.sends == 1));
    // Nothing changed them after they left.
    let mut left: Vec<_> = sent.iter().map(|receipt| receipt.changed).collect();
    left.sort();
    for window in left.windows(MOST + 1) {
        let width = window[MOST].duration_since(window[0]).unwrap();
        assert!(width >= SPAN, "{} departures within {width:?}", MOST + 1);
    }

    let mut claimed: Vec<ReceiptId> = told.iter().flatten().map(|(_, id)| id.parse().unwrap()).collect();
    claimed.sort();
    let mut shared: Vec<_> = receipts.iter().filter(|it| it.name.is_some()).map(|receipt| receipt.id).collect();
    shared.sort();
    assert_eq!(shared.len(), DEPARTURES, "of each name there is one receipt");
    assert_eq!(claimed, shared, "each is claimed, and by one process");
    let shares: Vec<_> = told.iter().map(Vec::len).collect();
    println!("{} departures of {PROCESSES} processes; claims of each: {shares:?}", sent.len());
}

#[tokio::test]
async fn killed_ones_leave_what_they_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut kept = 0;
    for round in 0..30 {
        // Every third one has to make its file first, and is killed somewhere on the way.
        let is_fresh = round % 3 == 0;
        let path = folder.path().join(if is_fresh { format!("{round}.db") } else { "ledger.db".into() });
        let mut child = Child::start(["writes", &word(&path)]);
        let mut told = Vec::new();
        for _ in 0..if is_fresh { 0 } else { round } {
            told.extend(child.next_line().await);
        }
        tokio::time::sleep(chance(Duration::from_millis(if is_fresh { 60 } else { 8 }))).await;
        child.kill().await;
        told.extend(child.rest().await);

        let ledger = SqliteLedger::open(&path).await.unwrap();
        for (word, id) in &told {
            let receipt =
                ledger.find(ReceiptKey::Id(id.parse().unwrap())).await.unwrap().expect("what was told is there");
            let least = match word.as_str() {
                "written" => ReceiptState::Prepared,
                "sent" => ReceiptState::Sent,
                "running" => ReceiptState::Running,
                _ => ReceiptState::Saved,
            };
            assert!(receipt.state >= least, "{id} was told to be {word}, and is {:?}", receipt.state);
        }
        kept += told.len();
        // The ledger goes on: one can write, and everything in it can be read.
        ledger.unfinished().await.unwrap();
        let next = Receipt::new("generate-music", "{}").unwrap();
        assert_eq!(ledger.write(&next).await.unwrap(), None);
        assert_eq!(ledger.acquire_send(next.id, 0, SPAN).await.unwrap(), SendPermit::Granted(1));
    }
    println!("30 processes were killed; all of {kept} things that they told are there");
}

/// Some time below the most.
fn chance(most: Duration) -> Duration {
    use std::hash::{BuildHasher as _, RandomState};
    let random = RandomState::new().hash_one(()) >> 32;
    most.mul_f64(random as f64 / f64::from(u32::MAX))
}

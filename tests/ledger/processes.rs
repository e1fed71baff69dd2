//! Several real processes with one ledger file, and the content of the file after processes are killed.

use std::{path::Path, time::Duration};

use kie_ledger::SqliteLedger;
use kie_suno::receipts::{Ledger as _, Receipt, ReceiptId, ReceiptKey, ReceiptState, SendId, SendPermit};

use crate::setup::children::{Child, run_all};

const PROCESSES: usize = 4;
const MOST: usize = 5;
const SPAN: Duration = Duration::from_millis(300);
const SENDS: usize = 10;

fn word(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

#[tokio::test]
async fn four_share_the_rate_and_the_claims() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let words =
        ["sends-and-claims", &word(&path), &SENDS.to_string(), &MOST.to_string(), &SPAN.as_millis().to_string()];
    let lines = run_all(PROCESSES, &words).await;

    let ledger = SqliteLedger::open(&path).await.unwrap();
    let receipts = ledger.unfinished(None, usize::MAX).await.unwrap();
    let sent: Vec<_> = receipts.iter().filter(|receipt| receipt.state == ReceiptState::Sent).collect();
    assert_eq!(sent.len(), PROCESSES * SENDS);
    assert!(sent.iter().all(|receipt| receipt.sends == 1));
    // The last change of each receipt in this test is its send permit.
    let mut left: Vec<_> = sent.iter().map(|receipt| receipt.changed).collect();
    left.sort();
    for window in left.windows(MOST + 1) {
        let width = window[MOST].duration_since(window[0]).unwrap();
        assert!(width >= SPAN, "{} sends within {width:?}", MOST + 1);
    }

    let mut claimed: Vec<ReceiptId> = lines.iter().flatten().map(|(_, id)| id.parse().unwrap()).collect();
    claimed.sort();
    let mut shared: Vec<_> = receipts.iter().filter(|it| it.name.is_some()).map(|receipt| receipt.id).collect();
    shared.sort();
    assert_eq!(shared.len(), SENDS, "there is one receipt for each name");
    assert_eq!(claimed, shared, "each is claimed by one process");
    let shares: Vec<_> = lines.iter().map(Vec::len).collect();
    println!("{} sends of {PROCESSES} processes; claims of each: {shares:?}", sent.len());
}

#[tokio::test]
async fn killed_ones_leave_everything_that_they_reported() {
    let folder = tempfile::tempdir().unwrap();
    let mut kept = 0;
    for round in 0..30 {
        // Every third process creates a new file, and is killed within 60 ms, possibly while it creates the file.
        let is_fresh = round % 3 == 0;
        let path = folder.path().join(if is_fresh { format!("{round}.db") } else { "ledger.db".into() });
        let mut child = Child::start(["writes", &word(&path)]);
        let mut lines = Vec::new();
        for _ in 0..if is_fresh { 0 } else { round } {
            lines.extend(child.next_line().await);
        }
        tokio::time::sleep(random_time(Duration::from_millis(if is_fresh { 60 } else { 8 }))).await;
        child.kill().await;
        lines.extend(child.rest().await);

        let ledger = SqliteLedger::open(&path).await.unwrap();
        for (word, id) in &lines {
            let receipt =
                ledger.find(ReceiptKey::Id(id.parse().unwrap())).await.unwrap().expect("the reported receipt is there");
            let least = match word.as_str() {
                "written" => ReceiptState::Prepared,
                "sent" => ReceiptState::Sent,
                "running" => ReceiptState::Running,
                _ => ReceiptState::Saved,
            };
            assert!(receipt.state >= least, "{id} was reported as {word}, and is {:?}", receipt.state);
        }
        kept += lines.len();
        // After the kill the ledger still works: the unfinished receipts can be read, and a new receipt can be written.
        ledger.unfinished(None, usize::MAX).await.unwrap();
        let next = Receipt::new("generate-music", "{}").unwrap();
        assert_eq!(ledger.write(&next).await.unwrap(), None);
        let send = ledger.acquire_send(next.id, SendId::new(1), 0, SPAN).await;
        assert_eq!(send.unwrap(), SendPermit::Granted);
    }
    println!("30 processes were killed; all {kept} receipts that they reported are there");
}

/// Returns a random time from zero to `most`.
fn random_time(most: Duration) -> Duration {
    use std::hash::{BuildHasher as _, RandomState};
    let random = RandomState::new().hash_one(()) >> 32;
    most.mul_f64(random as f64 / f64::from(u32::MAX))
}

//! Receipts alone, without a service.

use std::{path::Path, time::Duration};

use kie_ledger::SqliteLedger;
use kie_suno::{
    Stage,
    receipts::{Ledger as _, Receipt, ReceiptUpdate, SendPermit},
};

use crate::tell;

/// Longer than any test takes.
const LONG: Duration = Duration::from_secs(3600);

/// Departs as fast as it may, and claims of the common receipts what it can get.
pub(crate) async fn depart_and_claim(ledger: &Path, times: usize, most: usize, span: Duration) {
    let ledger = SqliteLedger::open(ledger).await.unwrap();
    let me = std::process::id() as usize;
    let holder = me.to_string();
    for number in (0..times).map(|number| (number + 3 * me) % times) {
        let mut common = Receipt::new("generate-music", "{}").unwrap();
        common.name = Some(format!("common {number}"));
        let known = ledger.write(&common).await.unwrap();
        let common = known.map_or(common.id, |known| known.id);
        if ledger.claim(common, &holder, LONG).await.unwrap().is_some() {
            tell("claimed", common);
        }

        let own = Receipt::new("generate-music", "{}").unwrap();
        assert_eq!(ledger.write(&own).await.unwrap(), None);
        let mut send = ledger.acquire_send(own.id, most, span).await.unwrap();
        for _ in 0..1000 {
            let SendPermit::RetryIn(wait) = send else { break };
            tokio::time::sleep(wait).await;
            send = ledger.acquire_send(own.id, most, span).await.unwrap();
        }
        assert_eq!(send, SendPermit::Granted(1));
    }
}

/// Writes and tells, one after the other.
pub(crate) async fn write(ledger: &Path) {
    let ledger = SqliteLedger::open(ledger).await.unwrap();
    // More than fits into the time until it is killed.
    for _ in 0..10_000 {
        let receipt = Receipt::new("generate-music", format!("{:2000}", "")).unwrap();
        let id = receipt.id;
        ledger.write(&receipt).await.unwrap();
        tell("written", id);
        ledger.acquire_send(id, 0, Duration::ZERO).await.unwrap();
        tell("sent", id);
        ledger
            .update(id, &ReceiptUpdate::Answered { task_id: Some(id.to_string()), response: "{}".into() })
            .await
            .unwrap();
        tell("running", id);
        ledger.update(id, &ReceiptUpdate::Reached { stage: Stage::Complete }).await.unwrap();
        ledger.update(id, &ReceiptUpdate::Saved { files: vec!["a.mp3".into()] }).await.unwrap();
        tell("saved", id);
    }
}

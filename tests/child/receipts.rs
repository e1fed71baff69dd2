//! Commands of the child process that use a ledger without a service.

use std::{path::Path, time::Duration};

use kie_ledger::SqliteLedger;
use kie_suno::{
    Stage,
    receipts::{Ledger as _, Receipt, ReceiptKey, ReceiptUpdate, SendId, SendPermit},
};

use crate::print_line;

/// A lease that is longer than any test.
const LONG: Duration = Duration::from_secs(3600);

/// Writes `times` receipts of this process, and gets a send permit for each. All processes together get at most `most`
/// permits in each `span`. Also writes `times` receipts whose names are the same in all processes. Claims as many of
/// these as possible, and prints the id of each claimed receipt.
pub(crate) async fn send_and_claim(ledger: &Path, times: usize, most: usize, span: Duration) {
    let ledger = SqliteLedger::open(ledger).await.unwrap();
    let me = std::process::id() as usize;
    let holder = me.to_string();
    for number in (0..times).map(|number| (number + 3 * me) % times) {
        let mut common = Receipt::new("generate-music", "{}").unwrap();
        common.name = Some(format!("common {number}"));
        let known = ledger.write(&common).await.unwrap();
        let common = known.map_or(common.id, |known| known.id);
        if ledger.claim(common, &holder, LONG).await.unwrap().is_some() {
            print_line("claimed", common);
        }

        let own = Receipt::new("generate-music", "{}").unwrap();
        assert_eq!(ledger.write(&own).await.unwrap(), None);
        let mut send = ledger.acquire_send(own.id, SendId::new(1), most, span).await.unwrap();
        for _ in 0..1000 {
            let SendPermit::RetryIn(wait) = send else { break };
            tokio::time::sleep(wait).await;
            send = ledger.acquire_send(own.id, SendId::new(1), most, span).await.unwrap();
        }
        assert_eq!(send, SendPermit::Granted);
    }
}

/// Writes receipts to the ledger, one after the other. Prints each step after the ledger has confirmed it.
pub(crate) async fn write(ledger: &Path) {
    let ledger = SqliteLedger::open(ledger).await.unwrap();
    // The test kills this process long before receipt 10,000.
    for _ in 0..10_000 {
        let receipt = Receipt::new("generate-music", format!("{:2000}", "")).unwrap();
        let id = receipt.id;
        ledger.write(&receipt).await.unwrap();
        print_line("written", id);
        ledger.acquire_send(id, SendId::new(1), 0, Duration::ZERO).await.unwrap();
        print_line("sent", id);
        ledger
            .update(id, &ReceiptUpdate::Answered { task_id: Some(id.to_string()), response: "{}".into() })
            .await
            .unwrap();
        print_line("running", id);
        ledger.update(id, &ReceiptUpdate::Reached { stage: Stage::Complete }).await.unwrap();
        ledger.update(id, &ReceiptUpdate::Saved { files: vec!["a.mp3".into()] }).await.unwrap();
        print_line("saved", id);
    }
}

/// Reads the unfinished receipts and prints their ids. Then tries to write, to update and to claim a receipt. The
/// ledger must refuse all three, and the errors are printed.
pub(crate) async fn read(ledger: &Path) {
    let ledger = SqliteLedger::open(ledger).await.unwrap();
    let unfinished = ledger.unfinished(None, usize::MAX).await.unwrap();
    for receipt in &unfinished {
        print_line("unfinished", receipt.id);
        let found = ledger.find(ReceiptKey::Id(receipt.id)).await.unwrap();
        print_line("found", found.unwrap().id);
    }
    let id = unfinished[0].id;
    let written = ledger.write(&Receipt::new("generate-music", "{}").unwrap()).await;
    print_line("refused", written.unwrap_err());
    let updated = ledger.update(id, &ReceiptUpdate::Saved { files: Vec::new() }).await;
    print_line("refused", updated.unwrap_err());
    print_line("refused", ledger.claim(id, "ann", LONG).await.unwrap_err());
}

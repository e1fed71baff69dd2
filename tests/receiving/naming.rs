//! Tests that a genuine callback sets the task of its receipt, whatever came before it. The response to the call of the
//! receipt was lost, so the callback is the only way to the task.

use std::{sync::Arc, time::Duration};

use http::{Request, StatusCode};
use kie_ledger::{MemoryLedger, SqliteLedger};
use kie_suno::{
    callbacks::Receiver,
    receipts::{Ledger, Receipt, ReceiptId, ReceiptKey, ReceiptState, ReceiptUpdate, SendId},
};
use tempfile::tempdir;

use super::{NOW, OTHER, TASK, body, post, receiver, signed};

/// Writes the receipt of a call whose response was lost.
async fn lost(ledger: &impl Ledger) -> ReceiptId {
    let receipt = Receipt::new("generate-music", "{}").unwrap();
    ledger.write(&receipt).await.unwrap();
    ledger.acquire_send(receipt.id, SendId::new(1), 0, Duration::ZERO).await.unwrap();
    receipt.id
}

async fn task_of(ledger: &impl Ledger, receipt: ReceiptId) -> Option<String> {
    ledger.find(ReceiptKey::Id(receipt)).await.unwrap().unwrap().task_id
}

/// Sends a callback to the receiver, with this receipt in its address.
async fn call_back(receiver: &Receiver, receipt: Option<ReceiptId>, mut request: Request<String>) {
    if let Some(receipt) = receipt {
        *request.uri_mut() = format!("/kie?kie_receipt={receipt}").parse().unwrap();
    }
    assert_eq!(post(receiver, request).await, StatusCode::OK);
}

async fn every_genuine_callback_sets_the_task<L: Ledger>(ledger: Arc<L>) {
    let complete = || body(TASK, "complete");
    // The clock of the receiver is 10 minutes off, in either direction.
    for time in [NOW - 600, NOW + 600] {
        let (receiver, receipt) = (receiver().ledger(Arc::clone(&ledger)), lost(&*ledger).await);
        call_back(&receiver, Some(receipt), signed(TASK, time, complete())).await;
        assert_eq!(task_of(&*ledger, receipt).await.as_deref(), Some(TASK), "stale");
    }
    // The same body and signature come first without a receipt, or with a wrong one. The second receiver has just been
    // started, so only the ledger knows the earlier copy.
    let wrong = ReceiptId::random().unwrap();
    for earlier in [None, Some(wrong)] {
        for is_restarted in [false, true] {
            let (mut receiver, receipt) = (receiver().ledger(Arc::clone(&ledger)), lost(&*ledger).await);
            call_back(&receiver, earlier, signed(TASK, NOW, complete())).await;
            if is_restarted {
                receiver = super::receiver().ledger(Arc::clone(&ledger));
            }
            call_back(&receiver, Some(receipt), signed(TASK, NOW, complete())).await;
            assert_eq!(task_of(&*ledger, receipt).await.as_deref(), Some(TASK), "{earlier:?} {is_restarted}");
        }
    }
    // The receiver accepts at most eight different bodies with one signature. So these nine bodies use up the signature
    // before the genuine callback comes.
    for time in [NOW, NOW - 600] {
        let (receiver, receipt) = (receiver().ledger(Arc::clone(&ledger)), lost(&*ledger).await);
        for number in 0..9 {
            call_back(&receiver, None, signed(TASK, time, body(TASK, &number.to_string()))).await;
        }
        call_back(&receiver, Some(receipt), signed(TASK, time, complete())).await;
        assert_eq!(task_of(&*ledger, receipt).await.as_deref(), Some(TASK), "used up");
    }
}

#[tokio::test]
async fn every_genuine_callback_sets_the_task_of_its_receipt() {
    every_genuine_callback_sets_the_task(Arc::new(MemoryLedger::new())).await;
    let folder = tempdir().unwrap();
    let file = SqliteLedger::open(folder.path().join("kie.db")).await.unwrap();
    every_genuine_callback_sets_the_task(Arc::new(file)).await;
}

#[tokio::test]
async fn the_first_callback_wins_and_a_response_wins_over_it() {
    let ledger = Arc::new(MemoryLedger::new());
    let (receiver, receipt) = (receiver().ledger(Arc::clone(&ledger)), lost(&*ledger).await);
    for task in [TASK, OTHER] {
        for time in [NOW, NOW - 600, NOW] {
            call_back(&receiver, Some(receipt), signed(task, time, body(task, "complete"))).await;
            assert_eq!(task_of(&*ledger, receipt).await.as_deref(), Some(TASK));
        }
    }
    let answered = ReceiptUpdate::Answered { task_id: Some(OTHER.into()), response: "{}".into() };
    ledger.update(receipt, &answered).await.unwrap();
    call_back(&receiver, Some(receipt), signed(TASK, NOW - 601, body(TASK, "complete"))).await;
    assert_eq!(task_of(&*ledger, receipt).await.as_deref(), Some(OTHER));
}

#[tokio::test]
async fn a_forged_callback_sets_no_task() {
    let ledger = Arc::new(MemoryLedger::new());
    let (receiver, receipt) = (receiver().ledger(Arc::clone(&ledger)), lost(&*ledger).await);
    let mut forged = signed(OTHER, NOW, body(TASK, "complete"));
    *forged.uri_mut() = format!("/kie?kie_receipt={receipt}").parse().unwrap();
    assert_eq!(post(&receiver, forged).await, StatusCode::UNAUTHORIZED);
    let kept = ledger.find(ReceiptKey::Id(receipt)).await.unwrap().unwrap();
    assert_eq!((kept.state, kept.task_id), (ReceiptState::Sent, None));
}

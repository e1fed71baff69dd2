//! Tests with ledgers that deny a send, although the receipt that the client has read allows it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use kie_ledger::MemoryLedger;
use kie_sandbox::Speed;
use kie_suno::{
    Charged, Error,
    errors::LedgerError,
    receipts::{
        CallbackRecord, Ledger, LedgerFuture, Receipt, ReceiptId, ReceiptKey, ReceiptState, ReceiptUpdate, SendId,
        SendPermit,
    },
};

use crate::{
    receipts::{MUSIC, Setup},
    setup::{ledgers::same_as_inner, stack::waltz},
};

/// Id of the send of another process.
const OTHER: SendId = SendId::new(1);

/// Reason why a ledger denies a send.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Denial {
    /// The ledger has a fault, and denies every send.
    Always,
    /// Another process has sent the call. The service refuses it before the client reads the receipt again.
    SentAndRefused,
    /// Another process has sent the call, and the ledger cannot be read any more.
    SentAndUnreadable,
}

#[derive(Debug)]
struct Denying {
    ledger: Arc<MemoryLedger>,
    denial: Denial,
    /// Number of requests to grant a send.
    asked: AtomicUsize,
}

impl Ledger for Denying {
    same_as_inner!(write, update, receive, unfinished, claim, release);

    fn acquire_send(&self, id: ReceiptId, send: SendId, most: usize, span: Duration) -> LedgerFuture<'_, SendPermit> {
        Box::pin(async move {
            if self.denial == Denial::Always {
                return Ok(SendPermit::Denied);
            }
            if self.asked.fetch_add(1, SeqCst) == 0 {
                assert_eq!(self.ledger.acquire_send(id, OTHER, most, span).await?, SendPermit::Granted);
            }
            self.ledger.acquire_send(id, send, most, span).await
        })
    }
    fn find<'a>(&'a self, key: ReceiptKey<'a>) -> LedgerFuture<'a, Option<Receipt>> {
        Box::pin(async move {
            match (self.denial, key) {
                (Denial::SentAndRefused, ReceiptKey::Id(id)) => {
                    let reason = "slow down".into();
                    self.ledger.update(id, &ReceiptUpdate::Refused { send: OTHER, reason }).await?;
                }
                (Denial::SentAndUnreadable, _) => return Err(LedgerError::new("the disk is gone")),
                _ => {}
            }
            self.ledger.find(key).await
        })
    }
}

/// Starts a song with a ledger that denies its first send. Returns the result, and the number of requests to the
/// service.
async fn start(denial: Denial) -> (Result<String, Error>, usize, Receipt) {
    let setup = Setup::new(Speed::Instant);
    let ledger = Denying { ledger: Arc::clone(&setup.ledger), denial, asked: AtomicUsize::new(0) };
    let client = setup.builder(ledger).build().unwrap();
    let start = client.start(waltz()).named("order").within(Duration::from_secs(60));
    let started = start.await.map(|task| task.id().to_string());
    client.settled().await;
    (started, setup.calls(MUSIC), setup.receipt(ReceiptKey::Name("order")).await)
}

#[tokio::test(start_paused = true)]
async fn a_ledger_that_denies_what_the_receipt_allows_is_an_error() {
    let (started, calls, receipt) = start(Denial::Always).await;
    let error = started.unwrap_err();
    assert!(matches!(error, Error::Ledger(_)), "{error:?}");
    assert_eq!(error.to_string(), "the ledger denies a send that the receipt allows");
    assert_eq!((error.charged(), calls), (Charged::No, 0));
    assert_eq!((receipt.state, receipt.sends), (ReceiptState::Refused, 0));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_another_process_has_sent_in_vain_is_sent() {
    let (started, calls, receipt) = start(Denial::SentAndRefused).await;
    assert_eq!((receipt.state, receipt.sends, calls), (ReceiptState::Running, 2, 1));
    assert_eq!(receipt.task_id, started.ok());
}

#[tokio::test(start_paused = true)]
async fn a_call_that_another_process_may_have_sent_has_an_unknown_outcome() {
    let (started, calls, receipt) = start(Denial::SentAndUnreadable).await;
    let error = started.unwrap_err();
    assert!(matches!(error, Error::OutcomeUnknown(_)), "{error:?}");
    assert_eq!((error.charged(), error.receipt(), calls), (Charged::Unknown, Some(receipt.id), 0));
    assert_eq!((receipt.state, receipt.sends), (ReceiptState::Sent, 1));
}

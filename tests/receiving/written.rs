//! Tests that a callback is written to the ledger before the receiver answers it.

use std::{
    future::pending,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use http::StatusCode;
use kie_suno::{
    Client,
    errors::LedgerError,
    receipts::{
        CallbackRecord, Ledger, LedgerFuture, Receipt, ReceiptId, ReceiptKey, ReceiptUpdate, SendId, SendPermit,
    },
};
use tokio::time::Instant;

use super::{NOW, TASK, body, delivered, post, receiver, signed, status};

/// A test double of a ledger. Its first `failures` attempts to write a callback fail, and later attempts succeed. If
/// `hangs` is `true`, an attempt never ends. All other operations always fail.
#[derive(Debug, Default)]
struct CallbackLedger {
    failures: AtomicUsize,
    hangs: bool,
    callbacks: Mutex<Vec<CallbackRecord>>,
}

fn unused<'a, T>() -> LedgerFuture<'a, T> {
    Box::pin(async { Err(LedgerError::new("this ledger only accepts callbacks")) })
}

impl Ledger for CallbackLedger {
    fn write<'a>(&'a self, _: &'a Receipt) -> LedgerFuture<'a, Option<Receipt>> {
        unused()
    }

    fn acquire_send<'a>(&'a self, _: ReceiptId, _: SendId, _: usize, _: Duration) -> LedgerFuture<'a, SendPermit> {
        unused()
    }

    fn update<'a>(&'a self, _: ReceiptId, _: &'a ReceiptUpdate) -> LedgerFuture<'a, ()> {
        unused()
    }

    fn receive<'a>(&'a self, callback: &'a CallbackRecord) -> LedgerFuture<'a, bool> {
        Box::pin(async move {
            if self.hangs {
                pending::<()>().await;
            }
            tokio::task::yield_now().await;
            let left = self.failures.load(Ordering::Relaxed);
            if left > 0 {
                self.failures.store(left - 1, Ordering::Relaxed);
                return Err(LedgerError::new("the disk is full"));
            }
            let mut callbacks = self.callbacks.lock().unwrap();
            let is_new = !callbacks.contains(callback);
            if is_new {
                callbacks.push(callback.clone());
            }
            Ok(is_new)
        })
    }

    fn find<'a>(&'a self, _: ReceiptKey<'a>) -> LedgerFuture<'a, Option<Receipt>> {
        unused()
    }

    fn unfinished(&self, _: Option<ReceiptId>, _: usize) -> LedgerFuture<'_, Vec<Receipt>> {
        unused()
    }

    fn claim<'a>(&'a self, _: ReceiptId, _: &'a str, _: Duration) -> LedgerFuture<'a, Option<Receipt>> {
        unused()
    }

    fn release<'a>(&'a self, _: ReceiptId, _: &'a str) -> LedgerFuture<'a, ()> {
        unused()
    }
}

#[tokio::test]
async fn a_callback_is_written_before_it_is_answered() {
    let ledger = Arc::new(CallbackLedger { failures: AtomicUsize::new(2), ..CallbackLedger::default() });
    let receiver = receiver().ledger(Arc::clone(&ledger));
    let deliveries = receiver.deliveries();
    let request = signed(TASK, NOW, body(TASK, "complete"));
    for _ in 0..2 {
        assert_eq!(post(&receiver, request.clone()).await, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(ledger.callbacks.lock().unwrap().is_empty());
    }
    // The service sends the same callback again, and two copies of it arrive at the same time.
    let copies = tokio::join!(post(&receiver, request.clone()), post(&receiver, request));
    assert_eq!(copies, (StatusCode::OK, StatusCode::OK));
    assert_eq!(post(&receiver, signed(TASK, NOW - 1_000, body(TASK, "first"))).await, StatusCode::OK);
    {
        let callbacks = ledger.callbacks.lock().unwrap();
        assert_eq!(callbacks.len(), 1, "a stale callback is not written: {callbacks:?}");
        assert_eq!((callbacks[0].task_id.as_str(), callbacks[0].kind.as_str()), (TASK, "complete"));
    }
    assert_eq!(delivered(receiver, deliveries).await.len(), 2);
}

#[tokio::test]
async fn a_receiver_without_a_ledger_shares_the_one_of_its_client() {
    let (own, first, second) =
        (Arc::<CallbackLedger>::default(), Arc::<CallbackLedger>::default(), Arc::<CallbackLedger>::default());
    let (with_own, without) = (receiver().ledger(Arc::clone(&own)), receiver());
    // The tower service of this receiver was created before the client. It still uses the ledger of the client.
    let mut service = without.service();
    for (ledger, receiver) in [(&first, &with_own), (&first, &without), (&second, &without)] {
        let client = Client::builder().api_key("any").callbacks("https://music.example/kie", receiver);
        client.ledger(Arc::clone(ledger)).build().unwrap();
    }
    let request = signed(TASK, NOW, body(TASK, "complete"));
    assert_eq!(post(&with_own, request.clone()).await, StatusCode::OK);
    assert_eq!(status(&mut service, request).await, StatusCode::OK);
    let written = [&own, &first, &second].map(|ledger| ledger.callbacks.lock().unwrap().len());
    assert_eq!(written, [1, 1, 0]);
}

#[tokio::test(start_paused = true)]
async fn a_ledger_that_hangs_is_an_error() {
    let receiver = receiver().ledger(CallbackLedger { hangs: true, ..CallbackLedger::default() });
    let begin = Instant::now();
    let answer = post(&receiver, signed(TASK, NOW, body(TASK, "complete"))).await;
    assert_eq!(answer, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(begin.elapsed() <= Duration::from_secs(5));
}

#[tokio::test]
async fn one_known_signature_cannot_fill_the_ledger() {
    let ledger = Arc::<CallbackLedger>::default();
    let receiver = receiver().ledger(Arc::clone(&ledger));
    for number in 0..100 {
        assert_eq!(post(&receiver, signed(TASK, NOW, body(TASK, &number.to_string()))).await, StatusCode::OK);
    }
    assert_eq!(ledger.callbacks.lock().unwrap().len(), 8);
    assert_eq!(post(&receiver, signed(TASK, NOW + 1, body(TASK, "complete"))).await, StatusCode::OK);
    assert_eq!(ledger.callbacks.lock().unwrap().len(), 9, "the service signs each callback with a new time");
}

#[tokio::test]
async fn one_known_signature_cannot_fill_the_ledger_with_notes() {
    let ledger = Arc::<CallbackLedger>::default();
    let receiver = receiver().ledger(Arc::clone(&ledger));
    for time in [NOW, NOW - 1_000] {
        for number in 0..100 {
            let body = body(TASK, &number.to_string()).replace("null", r#"[],"instruments":[{"name":"Drums"}]"#);
            assert_eq!(post(&receiver, signed(TASK, time, body)).await, StatusCode::OK);
        }
    }
    let callbacks = ledger.callbacks.lock().unwrap();
    assert_eq!(callbacks.len(), 8);
    let bodies = callbacks.iter().filter(|callback| callback.body.is_some());
    assert_eq!(bodies.count(), 1, "a task has one body");
}

#[tokio::test]
async fn notes_that_could_not_be_written_are_written_when_they_come_again() {
    let ledger = Arc::new(CallbackLedger { failures: AtomicUsize::new(2), ..CallbackLedger::default() });
    let receiver = receiver().ledger(Arc::clone(&ledger));
    let body = body(TASK, "").replace("null", r#"[],"instruments":[{"name":"Drums"}]"#);
    let stale = signed(TASK, NOW - 1_000, body);
    for _ in 0..2 {
        assert_eq!(post(&receiver, stale.clone()).await, StatusCode::INTERNAL_SERVER_ERROR);
    }
    assert_eq!(post(&receiver, stale).await, StatusCode::OK);
    assert!(ledger.callbacks.lock().unwrap()[0].body.is_some());
}

//! Callbacks are written down before they are answered.

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
    receipts::{CallbackRecord, Ledger, LedgerFuture, Receipt, ReceiptId, ReceiptKey, ReceiptUpdate, SendPermit},
};
use tokio::time::Instant;

use super::{NOW, TASK, body, delivered, post, receiver, signed, status};

/// A ledger that takes callbacks, after so many failures; and nothing else.
#[derive(Debug, Default)]
struct Shelf {
    failures: AtomicUsize,
    hangs: bool,
    arrivals: Mutex<Vec<CallbackRecord>>,
}

fn unused<'a, T>() -> LedgerFuture<'a, T> {
    Box::pin(async { Err(LedgerError::new("this ledger takes callbacks alone")) })
}

impl Ledger for Shelf {
    fn write<'a>(&'a self, _: &'a Receipt) -> LedgerFuture<'a, Option<Receipt>> {
        unused()
    }

    fn acquire_send<'a>(&'a self, _: ReceiptId, _: usize, _: Duration) -> LedgerFuture<'a, SendPermit> {
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
            let mut arrivals = self.arrivals.lock().unwrap();
            let is_new = !arrivals.contains(callback);
            if is_new {
                arrivals.push(callback.clone());
            }
            Ok(is_new)
        })
    }

    fn find<'a>(&'a self, _: ReceiptKey<'a>) -> LedgerFuture<'a, Option<Receipt>> {
        unused()
    }

    fn unfinished(&self) -> LedgerFuture<'_, Vec<Receipt>> {
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
    let shelf = Arc::new(Shelf { failures: AtomicUsize::new(2), ..Shelf::default() });
    let receiver = receiver().ledger(Arc::clone(&shelf));
    let deliveries = receiver.deliveries();
    let request = signed(TASK, NOW, body(TASK, "complete"));
    for _ in 0..2 {
        assert_eq!(post(&receiver, request.clone()).await, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(shelf.arrivals.lock().unwrap().is_empty());
    }
    // The service sends it again, twice at once.
    let copies = tokio::join!(post(&receiver, request.clone()), post(&receiver, request));
    assert_eq!(copies, (StatusCode::OK, StatusCode::OK));
    assert_eq!(post(&receiver, signed(TASK, NOW - 1_000, body(TASK, "first"))).await, StatusCode::OK);
    {
        let arrivals = shelf.arrivals.lock().unwrap();
        assert_eq!(arrivals.len(), 1, "a stale one is not written: {arrivals:?}");
        assert_eq!((arrivals[0].task_id.as_str(), arrivals[0].kind.as_str()), (TASK, "complete"));
    }
    assert_eq!(delivered(receiver, deliveries).await.len(), 2);
}

#[tokio::test]
async fn a_receiver_without_a_ledger_shares_the_one_of_its_client() {
    let (own, first, second) = (Arc::<Shelf>::default(), Arc::<Shelf>::default(), Arc::<Shelf>::default());
    let (with_own, without) = (receiver().ledger(Arc::clone(&own)), receiver());
    // Its service may be mounted before there is a client.
    let mut service = without.service();
    for (shelf, receiver) in [(&first, &with_own), (&first, &without), (&second, &without)] {
        let client = Client::builder().api_key("any").callbacks("https://music.example/kie", receiver);
        client.ledger(Arc::clone(shelf)).build().unwrap();
    }
    let request = signed(TASK, NOW, body(TASK, "complete"));
    assert_eq!(post(&with_own, request.clone()).await, StatusCode::OK);
    assert_eq!(status(&mut service, request).await, StatusCode::OK);
    let written = [&own, &first, &second].map(|shelf| shelf.arrivals.lock().unwrap().len());
    assert_eq!(written, [1, 1, 0]);
}

#[tokio::test(start_paused = true)]
async fn a_ledger_that_hangs_is_not_waited_for() {
    let receiver = receiver().ledger(Shelf { hangs: true, ..Shelf::default() });
    let begin = Instant::now();
    let answer = post(&receiver, signed(TASK, NOW, body(TASK, "complete"))).await;
    assert_eq!(answer, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(begin.elapsed() <= Duration::from_secs(5));
}

#[tokio::test]
async fn whoever_has_seen_a_signature_cannot_fill_the_ledger() {
    let shelf = Arc::<Shelf>::default();
    let receiver = receiver().ledger(Arc::clone(&shelf));
    for number in 0..100 {
        assert_eq!(post(&receiver, signed(TASK, NOW, body(TASK, &number.to_string()))).await, StatusCode::OK);
    }
    assert_eq!(shelf.arrivals.lock().unwrap().len(), 8);
    assert_eq!(post(&receiver, signed(TASK, NOW + 1, body(TASK, "complete"))).await, StatusCode::OK);
    assert_eq!(shelf.arrivals.lock().unwrap().len(), 9, "the service itself signs each anew");
}

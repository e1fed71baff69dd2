//! Tests with ledgers that fail at any step. A failure before the call is sent is an error and costs nothing. A failure
//! after the call is sent loses no result.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use kie_ledger::{MemoryLedger, SqliteLedger};
use kie_sandbox::{Fault, Speed};
use kie_suno::{
    Charged, Error,
    errors::LedgerError,
    receipts::{
        CallbackRecord, Ledger, LedgerFuture, Receipt, ReceiptId, ReceiptKey, ReceiptState, ReceiptUpdate, SendId,
        SendPermit,
    },
};
use tempfile::tempdir;
use tokio::time::Instant;

use super::{MUSIC, Setup};
use crate::setup::stack::{client_of, waltz};

/// A ledger that fails at the steps in `fails`. A step is one operation of the ledger, and steps are counted from 0. If
/// the `bool` is `true`, the ledger does its work before it fails.
#[derive(Debug)]
pub(crate) struct FailingLedger {
    ledger: Arc<MemoryLedger>,
    fails: Vec<(usize, bool)>,
    /// If `true`, the ledger never returns at these steps. If `false`, it returns an error.
    hangs: bool,
    steps: AtomicUsize,
}

impl FailingLedger {
    pub(crate) fn new(ledger: &Arc<MemoryLedger>, fails: Vec<(usize, bool)>) -> Self {
        Self { ledger: Arc::clone(ledger), fails, hangs: false, steps: AtomicUsize::new(0) }
    }

    fn step<'a, T: Send + 'a>(&'a self, entry: LedgerFuture<'a, T>) -> LedgerFuture<'a, T> {
        Box::pin(async move {
            let step = self.steps.fetch_add(1, SeqCst);
            // Tests drop the future here, before the work of the ledger, or at the next `yield_now`, after this work.
            tokio::task::yield_now().await;
            let fault = self.fails.iter().find(|(at, _)| *at == step);
            let done = match fault {
                Some((_, false)) => None,
                _ => Some(entry.await?),
            };
            tokio::task::yield_now().await;
            if fault.is_some() && self.hangs {
                std::future::pending::<()>().await;
            }
            match (fault, done) {
                (None, Some(done)) => Ok(done),
                _ => Err(LedgerError::new("the disk is full")),
            }
        })
    }
}

impl Ledger for FailingLedger {
    fn write<'a>(&'a self, receipt: &'a Receipt) -> LedgerFuture<'a, Option<Receipt>> {
        self.step(self.ledger.write(receipt))
    }
    fn acquire_send(&self, id: ReceiptId, send: SendId, most: usize, span: Duration) -> LedgerFuture<'_, SendPermit> {
        self.step(self.ledger.acquire_send(id, send, most, span))
    }
    fn update<'a>(&'a self, id: ReceiptId, update: &'a ReceiptUpdate) -> LedgerFuture<'a, ()> {
        self.step(self.ledger.update(id, update))
    }
    fn receive<'a>(&'a self, callback: &'a CallbackRecord) -> LedgerFuture<'a, bool> {
        self.step(self.ledger.receive(callback))
    }
    fn find<'a>(&'a self, key: ReceiptKey<'a>) -> LedgerFuture<'a, Option<Receipt>> {
        self.step(self.ledger.find(key))
    }
    fn unfinished(&self, after: Option<ReceiptId>, most: usize) -> LedgerFuture<'_, Vec<Receipt>> {
        self.step(self.ledger.unfinished(after, most))
    }
    fn claim<'a>(
        &'a self,
        id: ReceiptId,
        holder: &'a str,
        lease: std::time::Duration,
    ) -> LedgerFuture<'a, Option<Receipt>> {
        self.step(self.ledger.claim(id, holder, lease))
    }
    fn release<'a>(&'a self, id: ReceiptId, holder: &'a str) -> LedgerFuture<'a, ()> {
        self.step(self.ledger.release(id, holder))
    }
}

#[tokio::test(start_paused = true)]
async fn a_ledger_that_fails_costs_nothing_before_and_nothing_after() {
    // The service refuses the call once because of the rate limit. So the ledger has the steps 0 to 4: write, send,
    // refused, send, answered.
    for has_acted in [false, true] {
        for (step, calls, tasks) in
            [(0, 0, 0), (1, 0, 0), (2, 1, 0), (3, 1, 0), (4, 2, 1), (5, 2, 1), (6, 2, 1), (7, 2, 1)]
        {
            let setup = Setup::new(Speed::Instant);
            let client = setup.builder(FailingLedger::new(&setup.ledger, vec![(step, has_acted)])).build().unwrap();
            setup.sandbox.fault(MUSIC, Fault::Refuse { http_status: 200, code: 429, msg: "slow down".into() });
            let started = client.start(waltz()).named("order").await;
            assert_eq!((setup.calls(MUSIC), setup.sandbox.tasks().len()), (calls, tasks), "step {step}");
            match started {
                Ok(task) => {
                    assert!(step >= 4, "step {step}");
                    assert_eq!(task.id().as_str(), setup.sandbox.tasks()[0].id, "the paid task is not lost");
                    assert!(task.receipt().is_some());
                    task.wait().await.unwrap();
                    let receipt = setup.receipt(ReceiptKey::Name("order")).await;
                    // The ledger's steps 5 to 7 come from waiting for the task, after the start: find, results, stage.
                    let is_updated = step == 4 || step == 6 || (step, has_acted) == (7, true);
                    let state = if is_updated { ReceiptState::Complete } else { ReceiptState::Running };
                    assert_eq!(receipt.state, state, "step {step}");
                    assert_eq!(
                        receipt.task_id.as_deref(),
                        Some(task.id().as_str()),
                        "a later update fills it in, step {step}"
                    );
                }
                Err(error) => {
                    assert!(step < 4, "step {step}: {error:?}");
                    assert!(matches!(&error, Error::Ledger(_)), "step {step}: {error:?}");
                    assert_eq!((error.charged(), error.to_string()), (Charged::No, "the disk is full".into()));
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_ledger_that_hangs_is_an_error() {
    for (step, calls) in [(0, 0), (1, 0), (2, 1)] {
        let setup = Setup::new(Speed::Instant);
        let hanging = FailingLedger { hangs: true, ..FailingLedger::new(&setup.ledger, vec![(step, false)]) };
        let client = setup.builder(hanging).build().unwrap();
        let begin = Instant::now();
        let started = client.start(waltz()).await;
        assert!(begin.elapsed() <= Duration::from_secs(31), "step {step}: {:?}", begin.elapsed());
        assert_eq!(setup.calls(MUSIC), calls, "step {step}");
        match started {
            Ok(task) => assert_eq!(task.id().as_str(), setup.sandbox.tasks()[0].id, "step {step}"),
            Err(error) => {
                assert!(step < 2 && matches!(&error, Error::Ledger(_)), "step {step}: {error:?}");
                assert_eq!(error.to_string(), "the ledger did not respond within 30 seconds");
            }
        }
    }
}

#[tokio::test]
async fn a_file_that_accepts_no_receipts_is_an_error_before_anything_is_paid() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("kie.db");
    let (sandbox, _) = crate::setup::stack::instant();
    let ledger = SqliteLedger::open(&path).await.unwrap();
    let client = client_of(&sandbox).ledger(ledger).build().unwrap();
    let broken = rusqlite::Connection::open(&path).unwrap();
    broken
        .execute_batch(
            "CREATE TRIGGER full BEFORE INSERT ON receipts BEGIN SELECT RAISE(FAIL, 'database or disk is full'); END",
        )
        .unwrap();
    let error = client.start(waltz()).await.unwrap_err();
    assert!(matches!(error, Error::Ledger(_)), "{error:?}");
    assert_eq!((error.charged(), sandbox.requests(MUSIC).len()), (Charged::No, 0));
    broken.execute_batch("DROP TRIGGER full").unwrap();
    client.start(waltz()).await.unwrap();
    assert_eq!(client.unfinished().await.unwrap().len(), 1);
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_is_removed_is_an_error_before_anything_is_paid() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("kie.db");
    let (sandbox, _) = crate::setup::stack::instant();
    let client = client_of(&sandbox).ledger(SqliteLedger::open(&path).await.unwrap()).build().unwrap();
    client.start(waltz()).await.unwrap();
    std::fs::remove_file(&path).unwrap();
    let error = client.start(waltz()).await.unwrap_err();
    assert!(matches!(error, Error::Ledger(_)), "{error:?}");
    assert_eq!((error.charged(), sandbox.requests(MUSIC).len()), (Charged::No, 1));
}

//! Tests of calls whose runtime ends, or that are dropped outside of their runtime.

use std::{sync::Arc, time::Duration};

use kie_ledger::MemoryLedger;
use kie_sandbox::Fault;
use kie_suno::{
    Error,
    receipts::{Ledger, ReceiptKey, ReceiptState},
};
use tokio::{
    runtime::{Builder, Runtime},
    time::{sleep, timeout},
};

use super::far;
use crate::{
    receipts::{MUSIC, moment},
    setup::stack::waltz,
};

/// Returns a runtime with a paused clock.
fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().start_paused(true).build().unwrap()
}

#[test]
fn a_runtime_that_ends_leaves_the_outcome_unknown() {
    let ledger = Arc::new(MemoryLedger::new());
    let first = runtime();
    first.block_on(async {
        let (sandbox, client) = far(Duration::from_secs(1));
        let client = client.ledger(Arc::clone(&ledger)).build().unwrap();
        sandbox.fault(MUSIC, Fault::Hang);
        timeout(Duration::from_secs(3), client.start(waltz()).named("order")).await.unwrap_err();
    });
    drop(first);
    runtime().block_on(async {
        let receipt = ledger.find(ReceiptKey::Name("order")).await.unwrap().unwrap();
        assert_eq!(receipt.state, ReceiptState::Sent);
        let (sandbox, client) = far(Duration::ZERO);
        let client = client.ledger(Arc::clone(&ledger)).build().unwrap();
        let again = client.start(waltz()).named("order").await.unwrap_err();
        assert!(matches!(again, Error::OutcomeUnknown(_)), "{again:?}");
        assert!(sandbox.requests(MUSIC).is_empty());
    });
}

#[test]
fn a_start_that_is_dropped_outside_of_the_runtime_continues_inside() {
    let runtime = runtime();
    let ledger = Arc::new(MemoryLedger::new());
    let (sandbox, client) = far(Duration::from_secs(1));
    let client = client.ledger(Arc::clone(&ledger)).build().unwrap();
    let mut start = client.start(waltz()).named("order").into_future();
    runtime.block_on(async { timeout(Duration::from_millis(500), &mut start).await.unwrap_err() });
    drop(start);
    let receipt = runtime.block_on(async {
        sleep(Duration::from_secs(5)).await;
        ledger.find(ReceiptKey::Name("order")).await.unwrap().unwrap()
    });
    assert_eq!((receipt.state, receipt.task_id.as_deref()), (ReceiptState::Running, Some(&*sandbox.tasks()[0].id)));
}

#[test]
fn a_start_that_is_dropped_outside_of_the_runtime_is_withdrawn_inside() {
    let runtime = runtime();
    let ledger = Arc::new(MemoryLedger::new());
    let (sandbox, client) = far(Duration::ZERO);
    let client = client.ledger(Arc::clone(&ledger)).task_rate(1, Duration::from_secs(100)).build().unwrap();
    let mut queued = client.start(waltz()).named("order").into_future();
    runtime.block_on(async {
        client.start(waltz()).await.unwrap();
        timeout(Duration::from_secs(3), &mut queued).await.unwrap_err();
    });
    drop(queued);
    let receipt = runtime.block_on(async {
        moment().await;
        ledger.find(ReceiptKey::Name("order")).await.unwrap().unwrap()
    });
    assert_eq!((receipt.state, sandbox.requests(MUSIC).len()), (ReceiptState::Refused, 1));
}

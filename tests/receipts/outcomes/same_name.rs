//! Tests of calls with one name at the same time. Only the first is sent, and the others wait for its response.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::{Duration, SystemTime},
};

use kie_ledger::{MemoryLedger, SqliteLedger};
use kie_sandbox::Fault;
use kie_suno::{
    Charged, Client, Error, Retry, Timeouts,
    receipts::{
        CallbackRecord, Ledger, LedgerFuture, Receipt, ReceiptId, ReceiptKey, ReceiptState, ReceiptUpdate, SendId,
        SendPermit,
    },
};
use tempfile::tempdir;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep},
};

use crate::{
    receipts::{MUSIC, dropping::far},
    setup::{ledgers::same_as_inner, stack::waltz},
};

/// Starts `callers` songs with one name at the same time, spread over these clients. Returns the different task ids.
async fn start_at_once(clients: &[Client], callers: usize) -> Vec<String> {
    let mut starting = JoinSet::new();
    for number in 0..callers {
        let client = clients[number % clients.len()].clone();
        starting.spawn(async move { client.start(waltz()).named("order").await.map(|task| task.id().to_string()) });
    }
    let mut ids: Vec<_> = starting.join_all().await.into_iter().map(Result::unwrap).collect();
    ids.sort();
    ids.dedup();
    ids
}

#[tokio::test(start_paused = true)]
async fn all_callers_of_a_name_get_the_response_of_the_first() {
    for callers in [16, 60] {
        for clients in [1, 3] {
            let (sandbox, client) = far(Duration::from_millis(150));
            let ledger = Arc::new(MemoryLedger::new());
            let clients: Vec<_> =
                (0..clients).map(|_| client.clone().ledger(Arc::clone(&ledger)).build().unwrap()).collect();
            let ids = start_at_once(&clients, callers).await;
            assert_eq!((ids.len(), sandbox.requests(MUSIC).len()), (1, 1));
            assert_eq!(ids[0], sandbox.tasks()[0].id);
        }
    }
}

#[tokio::test]
async fn all_callers_of_a_name_get_the_response_of_the_first_through_one_file() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("kie.db");
    let (sandbox, client) = far(Duration::from_millis(50));
    let mut clients = Vec::new();
    // Each client opens the file itself. So the two clients share only the file, like the clients of two processes.
    for _ in 0..2 {
        let ledger = SqliteLedger::open(&path).await.unwrap();
        clients.push(client.clone().ledger(ledger).build().unwrap());
    }
    let ids = start_at_once(&clients, 60).await;
    assert_eq!((ids.len(), sandbox.requests(MUSIC).len()), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_caller_waits_until_the_first_is_refused_and_is_then_sent() {
    let (sandbox, client) = far(Duration::from_secs(2));
    let retry = Retry::default().attempts(1);
    let client = client.ledger(MemoryLedger::new()).retry(retry).build().unwrap();
    sandbox.fault(MUSIC, Fault::Refuse { http_status: 200, code: 429, msg: "slow down".into() });
    let (first, second) =
        tokio::join!(client.start(waltz()).named("order").into_future(), client.start(waltz()).named("order"));
    assert_eq!(first.unwrap_err().charged(), Charged::No);
    assert_eq!(second.unwrap().id().as_str(), sandbox.tasks()[0].id);
    assert_eq!(sandbox.requests(MUSIC).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_has_lost_its_response_is_not_waited_for() {
    let (sandbox, client) = far(Duration::from_secs(1));
    let ledger = Arc::new(MemoryLedger::new());
    let client = client.ledger(Arc::clone(&ledger)).build().unwrap();
    sandbox.fault(MUSIC, Fault::Hang);
    let start = || client.start(waltz()).named("order").into_future();
    let begin = Instant::now();
    let (first, second) = tokio::join!(start(), start());
    assert!(matches!(first, Err(Error::OutcomeUnknown(_))), "{first:?}");
    assert!(matches!(second, Err(Error::OutcomeUnknown(_))), "{second:?}");
    assert!(begin.elapsed() < Duration::from_secs(63), "the second waits for the first only: {:?}", begin.elapsed());
    let receipt = ledger.find(ReceiptKey::Name("order")).await.unwrap().unwrap();
    assert_eq!(receipt.reason.as_deref(), Some("no response arrived in time"));
    let begin = Instant::now();
    let third = start().await.unwrap_err();
    assert!(matches!(third, Error::OutcomeUnknown(_)), "{third:?}");
    assert_eq!((begin.elapsed(), sandbox.requests(MUSIC).len()), (Duration::ZERO, 1));
}

/// Writes the receipt of a call whose process has ended while the call was in flight. `age` is the time since then.
async fn abandoned(ledger: &MemoryLedger, age: Duration) {
    let mut receipt = Receipt::new(MUSIC, serde_json::to_string(&waltz()).unwrap()).unwrap();
    receipt.name = Some("order".into());
    receipt.created = SystemTime::now() - age;
    receipt.changed = receipt.created;
    assert!(receipt.acquire_send(SendId::new(1), receipt.created));
    assert_eq!((receipt.state, ledger.write(&receipt).await.unwrap()), (ReceiptState::Sent, None));
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_process_has_ended_is_waited_for_within_the_limits_of_both() {
    // The first call and the write of its response may take 210 seconds together, and `age` seconds of them are over.
    // The second call waits for the rest of this time, but no longer than its own time limit.
    for (age, limit, waited) in [(0, Some(5), 5), (0, None, 210), (200, None, 10), (200, Some(300), 10), (600, None, 0)]
    {
        let (sandbox, client) = far(Duration::ZERO);
        let ledger = Arc::new(MemoryLedger::new());
        abandoned(&ledger, Duration::from_secs(age)).await;
        let client = client.ledger(Arc::clone(&ledger)).build().unwrap();
        let begin = Instant::now();
        let start = client.start(waltz()).named("order");
        let start = limit.into_iter().fold(start, |start, limit| start.within(Duration::from_secs(limit)));
        let error = start.await.unwrap_err();
        assert!(matches!(error, Error::OutcomeUnknown(_)), "{error:?}");
        assert!(error.receipt().is_some());
        let seconds = begin.elapsed().as_secs_f64();
        assert!((seconds - waited as f64).abs() < 1.5, "age {age}, limit {limit:?}: {seconds} s");
        assert!(sandbox.requests(MUSIC).is_empty());
    }
    // A second call with longer timeouts waits longer. If its timeouts are unlimited, it waits for the default time of
    // a call.
    for (total, waited) in [(Duration::from_secs(300), 330), (Duration::MAX, 180)] {
        let (_sandbox, client) = far(Duration::ZERO);
        let ledger = Arc::new(MemoryLedger::new());
        abandoned(&ledger, Duration::ZERO).await;
        let client = client.ledger(ledger).timeouts(Timeouts::default().total(total)).build().unwrap();
        let begin = Instant::now();
        let error = client.start(waltz()).named("order").await.unwrap_err();
        assert!(matches!(error, Error::OutcomeUnknown(_)), "{error:?}");
        let seconds = begin.elapsed().as_secs_f64();
        assert!((seconds - f64::from(waited)).abs() < 1.5, "{total:?}: {seconds} s");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_sent_again_is_waited_for_again() {
    let (sandbox, client) = far(Duration::ZERO);
    let ledger = Arc::new(MemoryLedger::new());
    // The response to the first send can come for 10 more seconds.
    abandoned(&ledger, Duration::from_secs(200)).await;
    let client = client.ledger(Arc::clone(&ledger)).build().unwrap();
    let resending = async {
        sleep(Duration::from_secs(5)).await;
        let id = ledger.find(ReceiptKey::Name("order")).await.unwrap().unwrap().id;
        let refused = ReceiptUpdate::Refused { send: SendId::new(1), reason: "slow down".into() };
        ledger.update(id, &refused).await.unwrap();
        let sent = ledger.acquire_send(id, SendId::new(2), 0, Duration::ZERO).await.unwrap();
        assert_eq!(sent, SendPermit::Granted);
        sleep(Duration::from_secs(60)).await;
        let response = r#"{"taskId":"task-1"}"#.into();
        ledger.update(id, &ReceiptUpdate::Answered { task_id: Some("task-1".into()), response }).await.unwrap();
    };
    let (started, ()) = tokio::join!(client.start(waltz()).named("order").into_future(), resending);
    assert_eq!(started.unwrap().id().as_str(), "task-1");
    assert!(sandbox.requests(MUSIC).is_empty());
}

/// A ledger that counts how often a receipt is read.
#[derive(Debug)]
struct CountingReads {
    ledger: Arc<MemoryLedger>,
    reads: AtomicUsize,
}

impl Ledger for CountingReads {
    same_as_inner!(write, acquire_send, update, receive, unfinished, claim, release);

    fn find<'a>(&'a self, key: ReceiptKey<'a>) -> LedgerFuture<'a, Option<Receipt>> {
        self.reads.fetch_add(1, SeqCst);
        self.ledger.find(key)
    }
}

#[tokio::test(start_paused = true)]
async fn the_receipt_of_a_call_in_flight_is_read_about_once_a_second() {
    let (_sandbox, client) = far(Duration::ZERO);
    let memory = Arc::new(MemoryLedger::new());
    abandoned(&memory, Duration::ZERO).await;
    let ledger = Arc::new(CountingReads { ledger: memory, reads: AtomicUsize::new(0) });
    let client = client.ledger(Arc::clone(&ledger)).build().unwrap();
    let error = client.start(waltz()).named("order").within(Duration::from_secs(60)).await.unwrap_err();
    assert!(matches!(error, Error::OutcomeUnknown(_)), "{error:?}");
    // The first pauses are shorter.
    let reads = ledger.reads.load(SeqCst);
    assert!((60..70).contains(&reads), "{reads} reads in 60 seconds");
}

#[tokio::test(start_paused = true)]
async fn a_task_that_is_found_by_its_name_is_polled_at_once() {
    let (sandbox, client) = far(Duration::ZERO);
    let client = client.ledger(MemoryLedger::new()).build().unwrap();
    client.start(waltz()).named("order").await.unwrap();
    let again = client.start(waltz()).named("order").await.unwrap();
    let begin = Instant::now();
    again.wait().await.unwrap();
    assert_eq!((begin.elapsed(), sandbox.requests(MUSIC).len()), (Duration::ZERO, 1));
}

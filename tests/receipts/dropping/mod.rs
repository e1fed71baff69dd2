//! Tests of calls whose future the caller drops. If the call was not sent, it is withdrawn: its receipt records that it
//! was not sent. If the call was sent, it is completed.

mod runtimes;
mod withdrawing;

use std::{collections::BTreeMap, future::poll_fn, pin::Pin, sync::Arc, task::Poll, time::Duration};

use kie_ledger::{MemoryLedger, SqliteLedger};
use kie_sandbox::{Fault, Sandbox, SeededRng, Speed};
use kie_suno::{
    Budget, Client, ClientBuilder, Credits, Error, HttpService,
    receipts::{Ledger, Receipt, ReceiptId, ReceiptKey, ReceiptState},
    transport::{Body, HttpFuture, Pipe, http},
};
use tempfile::tempdir;
use tokio::{
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{MUSIC, moment};
use crate::setup::{
    listener::Listener,
    stack::{UNREACHABLE, waltz},
};

/// A test double of the network. Requests and responses each take the time `way`.
struct Far {
    service: Box<dyn HttpService>,
    way: Duration,
}

impl HttpService for Far {
    fn call(&self, request: http::Request<Body>) -> HttpFuture<'_> {
        Box::pin(async move {
            sleep(self.way).await;
            let answer = self.service.call(request).await;
            sleep(self.way).await;
            answer
        })
    }
}

/// Returns a sandbox account and the builder of its client. Requests and responses between them each take the time
/// `way`.
pub(crate) fn far(way: Duration) -> (Sandbox, ClientBuilder) {
    let sandbox = Sandbox::builder().speed(Speed::Instant).credits(Credits::new(1e6)).build();
    let account = sandbox.clone();
    let service = Box::new(Pipe::new(move || account.connect()));
    let client = Client::builder().api_key("key").base_url("http://localhost").call_back_url(UNREACHABLE);
    let client = client.http(Far { service, way });
    (sandbox, client)
}

/// Returns the number of requests that the sandbox received for each receipt, by the receipt's id.
fn sent(sandbox: &Sandbox) -> BTreeMap<ReceiptId, usize> {
    let mut sent = BTreeMap::new();
    for request in sandbox.requests(MUSIC) {
        let (_, receipt) = request.body["callBackUrl"].as_str().unwrap().split_once("kie_receipt=").unwrap();
        *sent.entry(receipt.parse().unwrap()).or_default() += 1;
    }
    sent
}

/// Numbers of starts, by the state of their receipts.
#[derive(Debug, Default)]
struct Count {
    withdrawn: usize,
    known: usize,
    unknown: usize,
}

/// Checks the receipts against the sandbox's journal, and counts the receipts by result.
fn count(receipts: &[Receipt], sandbox: &Sandbox) -> Count {
    let sent = sent(sandbox);
    assert!(sent.values().all(|times| *times == 1), "no call is sent twice");
    let mut count = Count::default();
    for receipt in receipts {
        let is_sent = sent.contains_key(&receipt.id);
        match receipt.state {
            ReceiptState::Running => {
                let task = receipt.task_id.as_deref().unwrap();
                assert!(is_sent && sandbox.tasks().iter().any(|known| known.id == task));
                count.known += 1;
            }
            ReceiptState::Refused => {
                assert!(!is_sent, "a sent call is not withdrawn");
                assert_eq!(receipt.reason.as_deref(), Some("the call was dropped before it was sent"));
                count.withdrawn += 1;
            }
            // The call may have been sent, and its response is missing. The client never sends such a call again by
            // itself.
            ReceiptState::Sent => count.unknown += 1,
            _ => panic!("{receipt:?}"),
        }
    }
    assert_eq!(sent.len(), sandbox.tasks().len());
    count
}

#[tokio::test(start_paused = true)]
async fn a_thousand_starts_dropped_at_random_instants_are_known_or_withdrawn() {
    const STARTS: u64 = 1_000;
    let way = Duration::from_millis(700);
    let (sandbox, client) = far(way);
    let ledger = Arc::new(MemoryLedger::new());
    // The rate limit is 100 calls in 10 seconds. So at any time, some of the calls are in the queue, some are in
    // flight, and some have a response.
    let client = client.ledger(Arc::clone(&ledger)).task_rate(100, Duration::from_secs(10)).build().unwrap();
    let (mut rng, mut starts) = (SeededRng::new(7), JoinSet::new());
    for number in 0..STARTS {
        let start = client.start(waltz()).named(format!("order-{number}"));
        // Each start is dropped after a random time of up to 60 seconds. The rate limit permits about 600 of the 1,000
        // starts in this time.
        let patience = Duration::from_millis(rng.below(60_000));
        starts.spawn(async move { timeout(patience, start).await.ok().map(Result::unwrap) });
    }
    let answered = starts.join_all().await.into_iter().flatten().count();
    client.settled().await;

    let mut receipts = Vec::new();
    for number in 0..STARTS {
        receipts.push(ledger.find(ReceiptKey::Name(&format!("order-{number}"))).await.unwrap().unwrap());
    }
    let count = count(&receipts, &sandbox);
    println!("{answered} of {STARTS} starts were answered: {count:?}");
    assert_eq!(count.known + count.withdrawn, receipts.len(), "no outcome is unknown");
    assert!(count.known > answered, "some were dropped in flight");
    assert!(count.withdrawn > 0, "some were dropped before they were sent");

    // Dropped calls must not keep slots of the rate limit.
    let begin = tokio::time::Instant::now();
    sleep(Duration::from_secs(11)).await;
    client.start(waltz()).await.unwrap();
    assert!(begin.elapsed() < Duration::from_secs(13));
}

/// Polls a future at most `polls` times, then drops it. If `is_woken` is `true`, waits before the drop until the future
/// is woken once more. Returns the result of the future, or `None` if the future was not ready.
async fn polled<F: Future + Unpin>(mut future: F, polls: u32, is_woken: bool) -> Option<F::Output> {
    let mut left = polls;
    poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match Pin::new(&mut future).poll(cx) {
            Poll::Pending if left == 0 && !is_woken => Poll::Ready(None),
            polled => polled.map(Some),
        }
    })
    .await
}

#[tokio::test]
async fn every_poll_is_an_instant_at_which_a_start_can_be_dropped() {
    let folder = tempdir().unwrap();
    let (sandbox, client) = far(Duration::from_millis(1));
    let ledger = Arc::new(SqliteLedger::open(folder.path().join("kie.db")).await.unwrap());
    let client = client.ledger(Arc::clone(&ledger)).task_rate(0, Duration::ZERO).build().unwrap();
    let (mut answered, mut receipts) = (0, Vec::new());
    for polls in 0..20 {
        for is_woken in [false, true] {
            // The number of polls grows until it is more than a start needs. So the last starts of this loop get their
            // response.
            for _ in 0..4 {
                let name = format!("order-{}", receipts.len());
                let start = client.start(waltz()).named(&name).into_future();
                answered += usize::from(polled(start, polls, is_woken).await.is_some());
                receipts.push(name);
            }
        }
    }
    client.settled().await;
    let mut found = Vec::new();
    for name in receipts {
        found.extend(ledger.find(ReceiptKey::Name(&name)).await.unwrap());
    }
    let count = count(&found, &sandbox);
    println!("{answered} of {} starts were answered on a file: {count:?}", found.len());
    assert!(answered > 0 && count.known > answered && count.withdrawn > 0, "{count:?}");
    assert_eq!(count.unknown, 0, "no outcome is unknown");
    // Each of the orders is started again. No order may be paid for twice.
    for receipt in &found {
        let again = client.start(waltz()).named(receipt.name.clone().unwrap()).await;
        assert!(again.is_ok(), "{again:?}");
    }
    assert_eq!(sandbox.tasks().len(), found.len());
}

#[tokio::test(start_paused = true)]
async fn a_start_that_is_dropped_in_the_queue_is_withdrawn_and_costs_nothing() {
    let (sandbox, client) = far(Duration::ZERO);
    let ledger = Arc::new(MemoryLedger::new());
    let budget = Budget::new(Credits::new(24.0)).price(MUSIC, Credits::new(12.0));
    let client = client.ledger(Arc::clone(&ledger)).task_rate(1, Duration::from_secs(10)).budget(budget);
    let client = client.build().unwrap();
    client.start(waltz()).await.unwrap();
    let queued = client.start(waltz()).named("order");
    timeout(Duration::from_secs(3), queued).await.unwrap_err();
    moment().await;
    let receipt = ledger.find(ReceiptKey::Name("order")).await.unwrap().unwrap();
    assert_eq!((receipt.state, receipt.sends), (ReceiptState::Refused, 0));
    assert_eq!(receipt.reason.as_deref(), Some("the call was dropped before it was sent"));
    assert_eq!(sandbox.requests(MUSIC).len(), 1);
    // The withdrawn call must have given back its reservation in the budget and its name. So a new call with this name
    // is sent.
    client.start(waltz()).named("order").await.unwrap();
    assert_eq!(sandbox.tasks().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_start_that_is_dropped_in_flight_is_not_retried() {
    let (sandbox, client) = far(Duration::from_secs(2));
    let ledger = Arc::new(MemoryLedger::new());
    let client = client.ledger(Arc::clone(&ledger)).build().unwrap();
    sandbox.fault(MUSIC, Fault::Refuse { http_status: 200, code: 429, msg: "slow down".into() });
    timeout(Duration::from_secs(1), client.start(waltz()).named("order")).await.unwrap_err();
    sleep(Duration::from_secs(60)).await;
    assert_eq!(sandbox.requests(MUSIC).len(), 1, "there is no caller who wants another attempt");
    let receipt = ledger.find(ReceiptKey::Name("order")).await.unwrap().unwrap();
    assert_eq!((receipt.state, receipt.sends), (ReceiptState::Refused, 1));
    assert!(receipt.reason.unwrap().contains("slow down"));
}

/// A test double of the network that panics instead of returning a response.
struct Panicking(Far);

impl HttpService for Panicking {
    fn call(&self, request: http::Request<Body>) -> HttpFuture<'_> {
        Box::pin(async move {
            self.0.call(request).await?;
            panic!("the network has a fault");
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_start_whose_network_panics_in_flight_is_not_sent_again() {
    let (sandbox, client) = far(Duration::ZERO);
    let account = sandbox.clone();
    let service = Box::new(Pipe::new(move || account.connect()));
    let ledger = Arc::new(MemoryLedger::new());
    let client = client.ledger(Arc::clone(&ledger));
    let panicking = client.clone().http(Panicking(Far { service, way: Duration::ZERO })).build().unwrap();
    let started = tokio::spawn(panicking.start(waltz()).named("order").into_future()).await;
    assert!(started.unwrap_err().is_panic());
    panicking.settled().await;
    let receipt = ledger.find(ReceiptKey::Name("order")).await.unwrap().unwrap();
    assert_eq!((receipt.state, receipt.sends), (ReceiptState::Sent, 1));
    let again = client.build().unwrap().start(waltz()).named("order").await.unwrap_err();
    assert!(matches!(again, Error::OutcomeUnknown(_)), "{again:?}");
    assert_eq!(sandbox.tasks().len(), 1);
}

/// A test double of the network that reads the balance of another account before each request, with a client of its
/// own.
struct Asking {
    service: Far,
    other: Client,
}

impl HttpService for Asking {
    fn call(&self, request: http::Request<Body>) -> HttpFuture<'_> {
        Box::pin(async move {
            self.other.credits().await.unwrap();
            self.service.call(request).await
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_start_that_is_dropped_in_flight_is_completed_although_its_network_makes_calls() {
    let second = Duration::from_secs(1);
    let (sandbox, client) = far(second);
    let account = sandbox.clone();
    let service = Far { service: Box::new(Pipe::new(move || account.connect())), way: second };
    let (_, other) = far(second);
    let client = client.http(Asking { service, other: other.build().unwrap() });
    let ledger = Arc::new(MemoryLedger::new());
    let client = client.ledger(Arc::clone(&ledger)).build().unwrap();
    timeout(second, client.start(waltz()).named("order")).await.unwrap_err();
    client.settled().await;
    let receipt = ledger.find(ReceiptKey::Name("order")).await.unwrap().unwrap();
    assert_eq!((receipt.state, receipt.task_id.as_deref()), (ReceiptState::Running, Some(&*sandbox.tasks()[0].id)));
}

#[tokio::test(start_paused = true)]
async fn a_start_that_is_dropped_between_two_attempts_is_withdrawn() {
    let (sandbox, client) = far(Duration::ZERO);
    let ledger = Arc::new(MemoryLedger::new());
    let retry = kie_suno::Retry::default().base(Duration::from_secs(100)).cap(Duration::from_secs(100));
    let client = client.ledger(Arc::clone(&ledger)).retry(retry).build().unwrap();
    let refused = Fault::Refuse { http_status: 200, code: 429, msg: "slow down".into() };
    sandbox.fault(MUSIC, refused);
    let _ = timeout(Duration::from_millis(1), client.start(waltz()).named("order")).await;
    moment().await;
    let receipt = ledger.find(ReceiptKey::Name("order")).await.unwrap().unwrap();
    assert_eq!((receipt.state, receipt.sends), (ReceiptState::Refused, 1), "{receipt:?}");
    assert_eq!(sandbox.requests(MUSIC).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn without_a_ledger_the_id_of_a_dropped_start_is_logged() {
    let listener = Listener::default();
    let listening = listener.listen();
    let (sandbox, client) = far(Duration::from_secs(1));
    let client = client.build().unwrap();
    timeout(Duration::from_millis(500), client.start(waltz())).await.unwrap_err();
    sleep(Duration::from_secs(5)).await;
    drop(listening);
    let events = listener.events("a call that was dropped in flight has been answered");
    assert_eq!(events.len(), 1);
    assert_eq!((&*events[0]["operation"], &*events[0]["task_id"]), (MUSIC, &*sandbox.tasks()[0].id));
}

#[tokio::test(start_paused = true)]
async fn a_start_whose_ledger_fails_at_the_send_is_withdrawn_when_the_ledger_works_again() {
    let setup = super::Setup::new(Speed::Instant);
    // At step 1 the ledger permits the send, but reports a failure to the client. After this step the ledger works
    // again.
    let ledger = super::failing::FailingLedger::new(&setup.ledger, vec![(1, true)]);
    let client = setup.builder(ledger).build().unwrap();
    let error = client.start(waltz()).await.unwrap_err();
    assert!(matches!(error, Error::Ledger(_)), "{error:?}");
    moment().await;
    assert!(setup.sandbox.requests(MUSIC).is_empty());
    assert!(setup.ledger.unfinished(None, usize::MAX).await.unwrap().is_empty(), "no outcome is unknown");
}

#[tokio::test(start_paused = true)]
async fn a_start_whose_receipt_cannot_be_written_leaves_neither_a_receipt_nor_a_warning() {
    let listener = Listener::default();
    let listening = listener.listen();
    let setup = super::Setup::new(Speed::Instant);
    let ledger = super::failing::FailingLedger::new(&setup.ledger, vec![(0, false)]);
    let client = setup.builder(ledger).build().unwrap();
    let error = client.start(waltz()).named("order").await.unwrap_err();
    assert!(matches!(error, Error::Ledger(_)), "{error:?}");
    client.settled().await;
    drop(listening);
    assert_eq!(setup.ledger.find(ReceiptKey::Name("order")).await.unwrap(), None);
    assert!(listener.events("the receipt of a call that was not sent could not be updated").is_empty());
}

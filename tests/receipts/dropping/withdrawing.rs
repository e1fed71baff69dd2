//! Tests of the withdrawal of dropped calls on a slow ledger, and of waiting for these withdrawals. A withdrawal
//! records on the receipt of a dropped call that the call was not sent.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};

use kie_ledger::MemoryLedger;
use kie_sandbox::Fault;
use kie_suno::{
    Charged, Client, Retry,
    receipts::{
        CallbackRecord, Ledger, LedgerFuture, Receipt, ReceiptId, ReceiptKey, ReceiptState, ReceiptUpdate, SendId,
        SendPermit,
    },
};
use tokio::{
    sync::Mutex,
    task::JoinSet,
    time::{Instant, timeout},
};

use super::far;
use crate::{
    receipts::MUSIC,
    setup::{ledgers::same_as_inner, stack::waltz},
};

/// A slow ledger. A send permit or an update takes some time, and the ledger does only one of them at a time.
#[derive(Debug)]
struct Slow {
    ledger: Arc<MemoryLedger>,
    line: Mutex<()>,
    /// Time that the ledger takes to grant a send permit or to write an update, in milliseconds.
    pause: AtomicU64,
}

impl Slow {
    fn new(pause: u64) -> Arc<Self> {
        Arc::new(Self { ledger: Arc::new(MemoryLedger::new()), line: Mutex::new(()), pause: AtomicU64::new(pause) })
    }

    fn slowly<'a, T: Send + 'a>(&'a self, entry: LedgerFuture<'a, T>) -> LedgerFuture<'a, T> {
        Box::pin(async move {
            let _turn = self.line.lock().await;
            tokio::time::sleep(Duration::from_millis(self.pause.load(SeqCst))).await;
            entry.await
        })
    }

    async fn receipt(&self, name: &str) -> Receipt {
        self.ledger.find(ReceiptKey::Name(name)).await.unwrap().expect("the receipt is there")
    }
}

impl Ledger for Slow {
    same_as_inner!(write, receive, find, unfinished, claim, release);

    fn acquire_send(&self, id: ReceiptId, send: SendId, most: usize, span: Duration) -> LedgerFuture<'_, SendPermit> {
        self.slowly(self.ledger.acquire_send(id, send, most, span))
    }
    fn update<'a>(&'a self, id: ReceiptId, update: &'a ReceiptUpdate) -> LedgerFuture<'a, ()> {
        self.slowly(self.ledger.update(id, update))
    }
}

/// Starts a song with this name, and drops the future of the start after `after` milliseconds.
async fn start_and_drop(client: &Client, name: &str, after: u64) {
    timeout(Duration::from_millis(after), client.start(waltz()).named(name)).await.unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn a_name_whose_withdrawal_is_due_can_be_started_again_at_once() {
    // The ledger takes one second to permit a send. In the first case, the start is dropped before the permit. In the
    // second case, the call is sent and refused, and the start is dropped during the pause of one minute before the
    // retry.
    for (dropped_after, requests) in [(500, 1), (1_500, 2)] {
        let (sandbox, client) = far(Duration::ZERO);
        let ledger = Slow::new(1_000);
        let retry = Retry::default().base(Duration::from_secs(60)).cap(Duration::from_secs(60));
        let client = client.ledger(Arc::clone(&ledger)).retry(retry).build().unwrap();
        if requests == 2 {
            sandbox.fault(MUSIC, Fault::Refuse { http_status: 200, code: 429, msg: "slow down".into() });
        }
        start_and_drop(&client, "order", dropped_after).await;
        let task = client.start(waltz()).named("order").await.unwrap();
        assert_eq!((sandbox.tasks().len(), sandbox.requests(MUSIC).len()), (1, requests));
        assert_eq!(sandbox.tasks()[0].id, task.id().as_str());
        let receipt = ledger.receipt("order").await;
        // In the first case, the dropped start gets no send permit. So `sends` is equal to the number of requests.
        assert_eq!((receipt.state, receipt.sends), (ReceiptState::Running, requests as u32));
    }
}

#[tokio::test(start_paused = true)]
async fn the_second_start_of_a_name_is_sent_if_the_first_is_dropped_before() {
    let (sandbox, client) = far(Duration::ZERO);
    let ledger = Slow::new(1_000);
    let client = client.ledger(Arc::clone(&ledger)).build().unwrap();
    let second = async {
        tokio::time::sleep(Duration::from_millis(400)).await;
        client.start(waltz()).named("order").await
    };
    let (second, ()) = tokio::join!(second, start_and_drop(&client, "order", 800));
    assert_eq!(second.unwrap().id().as_str(), sandbox.tasks()[0].id);
    let receipt = ledger.receipt("order").await;
    assert_eq!((receipt.state, receipt.sends, sandbox.requests(MUSIC).len()), (ReceiptState::Running, 1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_second_start_that_ends_in_the_queue_of_the_ledger_does_not_withdraw_the_first() {
    // The second start is dropped, or its time limit is too short for the rate limit.
    for is_dropped in [true, false] {
        let (sandbox, client) = far(Duration::ZERO);
        let ledger = Arc::new(MemoryLedger::new());
        let client = client.ledger(Arc::clone(&ledger)).task_rate(1, Duration::from_secs(10));
        // Each client has its own queue, and all share the rate limit of the ledger.
        let [before, first, second] = [(); 3].map(|()| client.clone().build().unwrap());
        before.start(waltz()).await.unwrap();
        let ending = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            if is_dropped {
                start_and_drop(&second, "order", 3_000).await;
            } else {
                let limited = second.start(waltz()).named("order").within(Duration::from_secs(2));
                assert_eq!(limited.await.unwrap_err().charged(), Charged::No);
            }
            second.settled().await;
            let receipt = ledger.find(ReceiptKey::Name("order")).await.unwrap().unwrap();
            assert_eq!((receipt.state, receipt.reason), (ReceiptState::Prepared, None));
        };
        let (first, ()) = tokio::join!(first.start(waltz()).named("order").into_future(), ending);
        assert_eq!(first.unwrap().id().as_str(), sandbox.tasks()[1].id);
    }
}

#[tokio::test(start_paused = true)]
async fn a_start_waits_for_a_withdrawal_no_longer_than_it_has_time() {
    let (sandbox, client) = far(Duration::ZERO);
    let ledger = Slow::new(5_000);
    let client = client.ledger(Arc::clone(&ledger)).build().unwrap();
    start_and_drop(&client, "order", 1_000).await;
    let begin = Instant::now();
    let error = client.start(waltz()).named("order").within(Duration::from_secs(2)).await.unwrap_err();
    assert!(error.to_string().contains("the time limit of the call was over before it could be sent"), "{error}");
    assert_eq!(begin.elapsed().as_secs(), 2);
    client.settled().await;
    assert_eq!(ledger.receipt("order").await.state, ReceiptState::Refused);
    assert!(sandbox.requests(MUSIC).is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_start_whose_time_ends_while_the_ledger_is_asked_is_withdrawn_with_that_reason() {
    // The start has a time limit of two seconds. After this limit, the client waits up to ten more seconds for updates
    // of the receipt.
    for (pause, seconds, state) in [(5, 7, ReceiptState::Refused), (20, 12, ReceiptState::Prepared)] {
        let (sandbox, client) = far(Duration::ZERO);
        let ledger = Slow::new(pause * 1_000);
        let client = client.ledger(Arc::clone(&ledger)).build().unwrap();
        let begin = Instant::now();
        let error = client.start(waltz()).named("order").within(Duration::from_secs(2)).await.unwrap_err();
        assert_eq!((error.charged(), begin.elapsed().as_secs()), (Charged::No, seconds));
        assert_eq!(ledger.receipt("order").await.state, state);
        client.settled().await;
        assert_eq!(begin.elapsed().as_secs(), 2 + pause);
        let receipt = ledger.receipt("order").await;
        assert_eq!((receipt.state, receipt.sends), (ReceiptState::Refused, 0));
        assert_eq!(receipt.reason, Some(error.to_string()));
        assert!(sandbox.requests(MUSIC).is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn withdrawals_do_not_block_other_updates() {
    const DROPPED: usize = 2_000;
    let (sandbox, client) = far(Duration::ZERO);
    let ledger = Slow::new(0);
    let client = client.ledger(Arc::clone(&ledger)).task_rate(1, Duration::from_secs(60)).build().unwrap();
    client.start(waltz()).await.unwrap();
    let mut queued = JoinSet::new();
    for number in 0..DROPPED {
        let start = client.start(waltz()).named(format!("queued-{number}"));
        queued.spawn(timeout(Duration::from_secs(61), start.into_future()));
    }
    tokio::time::sleep(Duration::from_secs(50)).await;
    ledger.pause.store(100, SeqCst);
    // After one minute, one of the starts has been sent. The other starts are then dropped, and the ledger needs 200
    // seconds to write their withdrawals.
    let answered = queued.join_all().await.into_iter().flatten().count();
    assert_eq!((answered, sandbox.tasks().len()), (1, 2));
    let begin = Instant::now();
    let running = client.task::<kie_suno::records::Music>(&*sandbox.tasks()[1].id);
    running.wait().await.unwrap();
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
    let receipt = ledger.find(ReceiptKey::Task(&sandbox.tasks()[1].id)).await.unwrap().unwrap();
    assert_eq!(receipt.state, ReceiptState::Complete, "its update was written between the withdrawals");

    client.settled().await;
    assert!(begin.elapsed() > Duration::from_secs(150), "{:?}", begin.elapsed());
    let mut refused = 0;
    for number in 0..DROPPED {
        refused += usize::from(ledger.receipt(&format!("queued-{number}")).await.state == ReceiptState::Refused);
    }
    assert_eq!(refused, DROPPED - 1, "each is withdrawn in the end");
}

/// Runs a program that drops a start after `dropped_after` milliseconds and then ends. If `is_settled` is `true`, the
/// program waits for `settled` before it ends. Returns the state of the receipt, and the number of tasks at the
/// service.
fn program(dropped_after: u64, is_settled: bool) -> (ReceiptState, usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
    let ledger = Slow::new(1_000);
    let (sandbox, client) = far(Duration::from_secs(1));
    let client = client.ledger(Arc::clone(&ledger)).build().unwrap();
    let begin = runtime.block_on(async {
        // No call was dropped yet, so `settled` returns immediately.
        let begin = Instant::now();
        client.settled().await;
        assert!(begin.elapsed().is_zero());
        start_and_drop(&client, "order", dropped_after).await;
        if is_settled {
            client.settled().await;
        }
        begin
    });
    drop((runtime, begin));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let state = runtime.block_on(ledger.receipt("order")).state;
    // The call was dropped in a runtime that has ended, so `settled` does not wait for this call.
    runtime.block_on(client.settled());
    (state, sandbox.tasks().len())
}

#[test]
fn a_program_that_waits_for_its_dropped_starts_leaves_no_unknown_outcome() {
    assert_eq!(program(500, true), (ReceiptState::Refused, 0), "before the ledger has permitted it");
    assert_eq!(program(1_500, true), (ReceiptState::Running, 1), "while the request is in flight");
    assert_eq!(program(2_500, true), (ReceiptState::Running, 1), "while the response is in flight");
    assert_eq!(program(500, false), (ReceiptState::Prepared, 0));
    assert_eq!(program(1_500, false).0, ReceiptState::Sent);
}

#[tokio::test(start_paused = true)]
async fn a_client_waits_for_its_own_calls_and_those_of_its_clones() {
    let (sandbox, client) = far(Duration::from_secs(10));
    let client = client.build().unwrap();
    let (_, other) = far(Duration::ZERO);
    let other = other.build().unwrap();
    let begin = Instant::now();
    timeout(Duration::from_secs(5), client.clone().start(waltz())).await.unwrap_err();
    other.settled().await;
    assert_eq!(begin.elapsed().as_secs(), 5);
    client.settled().await;
    assert_eq!((begin.elapsed().as_secs(), sandbox.tasks().len()), (20, 1));
}

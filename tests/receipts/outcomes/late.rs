//! Tests with ledgers that do their work, but report it too late or report an error. A report is too late if the caller
//! does not wait for it any longer. In both cases, the receipt must still agree with the result that the caller gets.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::SeqCst},
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
use tokio::time::sleep;

use crate::{
    receipts::{MUSIC, Setup, failing::FailingLedger},
    setup::{canned::Canned, ledgers::same_as_inner, listener::Listener, stack::waltz},
};

/// Time at which a late ledger commits its work.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Commit {
    /// The work is committed before the delay.
    First,
    /// The work is committed after the delay, also if the caller does not wait any longer.
    Last,
    /// The work is committed immediately, and the caller gets an error.
    WithError,
}

/// A ledger that grants sends and writes updates with a delay.
#[derive(Debug)]
struct LateLedger {
    ledger: Arc<MemoryLedger>,
    commit: Commit,
    /// Delay of each grant, in milliseconds.
    grant: AtomicU64,
    /// Delay of each update, in milliseconds.
    update: AtomicU64,
}

impl LateLedger {
    fn new(ledger: &Arc<MemoryLedger>, commit: Commit, grant: u64, update: u64) -> Arc<Self> {
        Arc::new(Self { ledger: Arc::clone(ledger), commit, grant: grant.into(), update: update.into() })
    }

    fn late<T: Send + 'static>(
        &self,
        delay: u64,
        work: impl Future<Output = Result<T, LedgerError>> + Send + 'static,
    ) -> LedgerFuture<'_, T> {
        let delay_time = Duration::from_millis(delay);
        match self.commit {
            _ if delay == 0 => Box::pin(work),
            Commit::First => Box::pin(async move {
                let done = work.await;
                sleep(delay_time).await;
                done
            }),
            Commit::Last => {
                let working = tokio::spawn(async move {
                    sleep(delay_time).await;
                    work.await
                });
                Box::pin(async move { working.await.unwrap() })
            }
            Commit::WithError => Box::pin(async move {
                work.await?;
                Err(LedgerError::new("the connection to the database broke"))
            }),
        }
    }
}

impl Ledger for LateLedger {
    same_as_inner!(write, receive, find, unfinished, claim, release);

    fn acquire_send(&self, id: ReceiptId, send: SendId, most: usize, span: Duration) -> LedgerFuture<'_, SendPermit> {
        let ledger = Arc::clone(&self.ledger);
        self.late(self.grant.load(SeqCst), async move { ledger.acquire_send(id, send, most, span).await })
    }
    fn update<'a>(&'a self, id: ReceiptId, update: &'a ReceiptUpdate) -> LedgerFuture<'a, ()> {
        let (ledger, update) = (Arc::clone(&self.ledger), update.clone());
        self.late(self.update.load(SeqCst), async move { ledger.update(id, &update).await })
    }
}

#[tokio::test(start_paused = true)]
async fn a_send_that_is_granted_too_late_is_withdrawn() {
    // There are three kinds of cases. The grant takes 3 seconds, and the call has a time limit of one second. Or the
    // grant takes 33 seconds, and each operation of the ledger has a time limit of 30 seconds. Or the ledger grants the
    // send immediately, but returns an error.
    let limit = Duration::from_secs(1);
    for (commit, delay, limit) in [
        (Commit::First, 3_000, Some(limit)),
        (Commit::First, 33_000, None),
        (Commit::Last, 3_000, Some(limit)),
        (Commit::Last, 33_000, None),
        (Commit::WithError, 1, None),
    ] {
        for name in [None, Some("order")] {
            let case = format!("{commit:?} {delay} {name:?}");
            let setup = Setup::new(Speed::Instant);
            let ledger = LateLedger::new(&setup.ledger, commit, delay, 0);
            let client = setup.builder(Arc::clone(&ledger)).build().unwrap();
            let start = || {
                let start = client.start(waltz());
                let start = limit.into_iter().fold(start, kie_suno::Start::within);
                name.into_iter().fold(start, kie_suno::Start::named)
            };
            let error = start().await.unwrap_err();
            assert!(matches!(error, Error::Transport(_) | Error::Ledger(_)), "{case}: {error:?}");
            assert_eq!((error.charged(), setup.calls(MUSIC)), (Charged::No, 0), "{case}");
            // The receipt says the same as the error, when the error is returned and after every late commit.
            for _ in 0..2 {
                assert!(client.unfinished().await.unwrap().is_empty(), "{case}: nothing is unknown or to be sent");
                sleep(Duration::from_secs(60)).await;
            }
            ledger.grant.store(0, SeqCst);
            let task = start().await.unwrap();
            assert_eq!((setup.calls(MUSIC), setup.sandbox.tasks().len()), (1, 1), "{case}");
            assert_eq!(task.id().as_str(), setup.sandbox.tasks()[0].id, "{case}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_update_that_is_written_late_is_not_reported_as_lost() {
    const WARNING: &str = "a receipt could not be kept up to date";
    for (commit, delay) in [(Commit::First, 13_000), (Commit::First, 33_000), (Commit::Last, 13_000)] {
        let listener = Listener::default();
        let listening = listener.listen();
        let setup = Setup::new(Speed::Instant);
        let client = setup.builder(LateLedger::new(&setup.ledger, commit, 0, delay)).build().unwrap();
        let task = client.start(waltz()).named("order").await.unwrap();
        client.settled().await;
        let receipt = setup.receipt(ReceiptKey::Name("order")).await;
        assert_eq!((receipt.state, receipt.task_id.as_deref()), (ReceiptState::Running, Some(task.id().as_str())));
        drop(listening);
        assert!(listener.events(WARNING).is_empty(), "{commit:?} {delay}");
    }
    // The update is written, but its response is an error.
    let listener = Listener::default();
    let listening = listener.listen();
    let setup = Setup::new(Speed::Instant);
    let client = setup.builder(LateLedger::new(&setup.ledger, Commit::WithError, 0, 1)).build().unwrap();
    client.start(waltz()).named("order").await.unwrap();
    drop(listening);
    assert!(listener.events(WARNING).is_empty());
    assert_eq!(setup.receipt(ReceiptKey::Name("order")).await.state, ReceiptState::Running);
}

#[tokio::test(start_paused = true)]
async fn an_update_that_is_never_written_is_reported() {
    // The service accepts the call, or refuses it and names its task.
    let named = r#"{"code":429,"msg":"slow down","data":{"taskId":"abc"}}"#;
    for is_accepted in [true, false] {
        let listener = Listener::default();
        let listening = listener.listen();
        let setup = Setup::new(Speed::Instant);
        let builder = setup.builder(FailingLedger::new(&setup.ledger, vec![(2, false)]));
        let builder = if is_accepted { builder } else { builder.http(Canned::new(200, named)) };
        let task_id = match builder.build().unwrap().start(waltz()).await {
            Ok(task) => task.id().to_string(),
            Err(error) => error.task_id().unwrap().to_owned(),
        };
        drop(listening);
        let events = listener.events("a receipt could not be kept up to date");
        assert_eq!(events.len(), 1);
        assert_eq!(events[0]["task_id"], task_id, "the warning names the task that may be paid for");
    }
}

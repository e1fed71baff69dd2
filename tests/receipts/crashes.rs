//! Tests of a process that ends at any moment of a call. If the call was not sent, the next process sends it. If the
//! call was sent and may have been accepted, the next process does not send it again.

use std::{
    future::poll_fn,
    mem::ManuallyDrop,
    task::{Context, Poll},
    time::Duration,
};

use kie_ledger::SqliteLedger;
use kie_sandbox::{Fault, Speed};
use kie_suno::{Error, receipts::ReceiptState, records::Music};
use tempfile::tempdir;

use super::{MUSIC, Setup, failing::FailingLedger, moment};
use crate::setup::stack::{client_of, waltz};

/// Polls a future at most `times` times. Returns the result of the future, or `None` if the future is not ready then.
/// If `at_once` is `true`, returns `None` immediately after the last poll. If `at_once` is `false`, first waits until
/// the future is woken once more. The future is never dropped, because a process that ends drops nothing.
async fn polled<T>(times: usize, at_once: bool, future: impl Future<Output = T>) -> Option<T> {
    let mut future = ManuallyDrop::new(Box::pin(future));
    let mut left = times;
    poll_fn(move |cx: &mut Context<'_>| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(cx) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending if left == 0 && at_once => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

#[tokio::test(start_paused = true)]
async fn a_call_is_sent_once_wherever_its_process_ends() {
    let (mut unsent, mut unknown, mut answered) = (0, 0, 0);
    for (refused, at_once) in [(false, true), (false, false), (true, true), (true, false)] {
        for times in 0..200 {
            let setup = Setup::new(Speed::Instant);
            if refused {
                setup.sandbox.fault(MUSIC, Fault::Refuse { http_status: 200, code: 429, msg: "slow down".into() });
            }
            let client = setup.builder(FailingLedger::new(&setup.ledger, Vec::new())).build().unwrap();
            let ended = polled(times, at_once, client.start(waltz()).named("order").into_future()).await.is_some();
            drop(client);
            moment().await;

            let left = setup.calls(MUSIC);
            let taken = setup.sandbox.tasks().len();
            match setup.client().start(waltz()).named("order").await {
                Ok(task) => {
                    assert_eq!(setup.sandbox.tasks().len(), 1);
                    assert_eq!(task.id().as_str(), setup.sandbox.tasks()[0].id);
                    if taken == 0 { unsent += 1 } else { answered += 1 }
                }
                Err(Error::OutcomeUnknown(lost)) => {
                    unknown += 1;
                    assert_eq!(setup.calls(MUSIC), left, "nothing is retried");
                    let receipt = lost.receipt().unwrap();
                    assert_eq!(setup.client().unfinished().await.unwrap()[0].id, receipt);
                    if setup.deliver().await > 0 {
                        let task = setup.client().resume::<Music>(receipt).await.unwrap();
                        assert_eq!(task.id().as_str(), setup.sandbox.tasks()[0].id);
                    }
                }
                Err(error) => panic!("{times} polls: {error:?}"),
            }
            assert!(setup.sandbox.tasks().len() <= 1, "{times} polls paid twice");
            if ended {
                break;
            }
            assert!(times < 199, "the call did not end");
        }
    }
    println!("calls cut off: {unsent} sent after, {unknown} unknown, {answered} answered");
    assert!(unsent > 0 && unknown > 0 && answered > 0);
}

#[tokio::test]
async fn unfinished_receipts_are_there_after_a_crash() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("kie.db");
    let (sandbox, _) = crate::setup::stack::instant();
    {
        let client = client_of(&sandbox).ledger(SqliteLedger::open(&path).await.unwrap()).build().unwrap();
        client.start(waltz()).named("running").await.unwrap();
        sandbox.fault(MUSIC, Fault::Hang);
        let hangs = client.start(waltz()).named("lost");
        let timed_out = tokio::time::timeout(Duration::from_millis(500), hangs).await;
        assert!(timed_out.is_err());
    }
    let client = client_of(&sandbox).ledger(SqliteLedger::open(&path).await.unwrap()).build().unwrap();
    let states: Vec<_> = client.unfinished().await.unwrap().into_iter().map(|receipt| receipt.state).collect();
    assert_eq!(states, [ReceiptState::Running, ReceiptState::Sent]);
    let running = client.start(waltz()).named("running").await.unwrap();
    assert_eq!(running.wait().await.unwrap().len(), 2);
    let lost = client.start(waltz()).named("lost").within(Duration::from_millis(200)).await.unwrap_err();
    assert!(matches!(lost, Error::OutcomeUnknown(_)));
    assert_eq!(sandbox.requests(MUSIC).len(), 2);
    let saved = client.save_all(folder.path().join("songs")).await.unwrap();
    assert_eq!(saved.len(), 1, "{saved:?}");
}

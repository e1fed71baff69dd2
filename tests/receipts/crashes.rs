//! A process that ends at any moment of a call: the next one sends what was not sent, and never what was.

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

use super::{House, MUSIC, failing::FailingLedger, moment};
use crate::setup::stack::{client_of, waltz};

/// Polls a future so many times, and never again: at once, or when something has happened that it waits for. It is not dropped,
/// since a process that ends drops nothing.
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
async fn wherever_a_process_ends_in_a_call_it_is_sent_once() {
    let (mut unsent, mut unknown, mut answered) = (0, 0, 0);
    for (refused, at_once) in [(false, true), (false, false), (true, true), (true, false)] {
        for times in 0..200 {
            let house = House::new(Speed::Instant);
            if refused {
                house.sandbox.fault(MUSIC, Fault::Refuse { http_status: 200, code: 429, msg: "slow down".into() });
            }
            let client = house.builder(FailingLedger::new(&house.ledger, Vec::new())).build().unwrap();
            let ended = polled(times, at_once, client.start(waltz()).named("order").into_future()).await.is_some();
            drop(client);
            moment().await;

            let left = house.calls(MUSIC);
            let taken = house.sandbox.tasks().len();
            match house.client().start(waltz()).named("order").await {
                Ok(task) => {
                    assert_eq!(house.sandbox.tasks().len(), 1);
                    assert_eq!(task.id().as_str(), house.sandbox.tasks()[0].id);
                    if taken == 0 { unsent += 1 } else { answered += 1 }
                }
                Err(Error::OutcomeUnknown(lost)) => {
                    unknown += 1;
                    assert_eq!(house.calls(MUSIC), left, "nothing is sent again");
                    let receipt = lost.receipt().unwrap();
                    assert_eq!(house.client().unfinished().await.unwrap()[0].id, receipt);
                    if house.deliver().await > 0 {
                        let task = house.client().resume::<Music>(receipt).await.unwrap();
                        assert_eq!(task.id().as_str(), house.sandbox.tasks()[0].id);
                    }
                }
                Err(error) => panic!("{times} polls: {error:?}"),
            }
            assert!(house.sandbox.tasks().len() <= 1, "{times} polls paid twice");
            if ended {
                break;
            }
            assert!(times < 199, "the call never ended");
        }
    }
    println!("calls cut off: {unsent} sent after, {unknown} unknown, {answered} answered");
    assert!(unsent > 0 && unknown > 0 && answered > 0);
}

#[tokio::test]
async fn what_was_unfinished_is_there_after_a_crash() {
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
    let lost = client.start(waltz()).named("lost").await.unwrap_err();
    assert!(matches!(lost, Error::OutcomeUnknown(_)));
    assert_eq!(sandbox.requests(MUSIC).len(), 2);
    let saved = client.save_all(folder.path().join("songs")).await.unwrap();
    assert_eq!(saved.len(), 1, "{saved:?}");
}

//! Tests that a feed tells of each callback once, in the order in which they were recorded.

use std::{collections::HashSet, sync::Arc, time::Duration};

use tokio::{task::JoinSet, time::timeout};

use super::steps::{TASKS, must, written};
use crate::ledger::{CallbackFeed, CallbackRecord, Ledger, ReceivedCallback};

/// Time in which a feed must return what was recorded.
const SOON: Duration = Duration::from_secs(20);
/// Time for which a feed is watched that must return nothing.
const WHILE: Duration = Duration::from_millis(600);

pub(super) async fn tell_of_each_callback(ledger: impl Ledger) {
    let Some(mut feed) = ledger.callback_feed() else { return };
    let receipt = written(&ledger).await.id;
    let mut first = callback("task-1", 1);
    first.receipt = Some(receipt);
    must(ledger.receive(&first).await);
    let told = next(&mut *feed).await;
    assert_eq!(ids(&told), ["task-1"], "the first call of a feed returns the latest callbacks");
    assert_eq!(told[0].digest, first.digest);
    assert!(told[0].receipt.is_none_or(|told| told == receipt), "a feed tells the receipt of a callback, or none");

    assert!(timeout(WHILE, feed.next()).await.is_err(), "a feed waits while no callback is recorded");
    must(ledger.receive(&first).await);
    assert!(timeout(WHILE, feed.next()).await.is_err(), "a callback that is known is not told again");

    for number in 2..=5 {
        must(ledger.receive(&callback(&format!("task-{number}"), number)).await);
    }
    let told = until(&mut *feed, 4).await;
    assert_eq!(ids(&told), ["task-2", "task-3", "task-4", "task-5"], "the oldest callback is told first");
    let mut late = ledger.callback_feed().expect("a ledger with a feed has any number of them");
    assert_eq!(next(&mut *late).await.len(), 5, "a new feed tells of the callbacks that came shortly before");
}

pub(super) async fn miss_nothing_of_many_tasks(ledger: impl Ledger) {
    let Some(mut feed) = ledger.callback_feed() else { return };
    assert_eq!(next(&mut *feed).await, [], "the first call of a feed does not wait");
    let ledger = Arc::new(ledger);
    let mut tasks = JoinSet::new();
    for number in 0..TASKS {
        let ledger = Arc::clone(&ledger);
        tasks.spawn(async move { must(ledger.receive(&callback(&format!("task-{number}"), number as u8)).await) });
    }
    let told = until(&mut *feed, TASKS).await;
    let different: HashSet<_> = told.iter().map(|told| &told.task_id).collect();
    assert_eq!((told.len(), different.len()), (TASKS, TASKS), "each of many callbacks is told once");
    tasks.join_all().await;
}

pub(super) async fn tell_every_opener(one: &impl Ledger, other: &impl Ledger) {
    let Some(mut feed) = one.callback_feed() else { return };
    next(&mut *feed).await;
    let recorded = callback("a task for another opener", 77);
    must(other.receive(&recorded).await);
    let told = until(&mut *feed, 1).await;
    assert_eq!(ids(&told), [recorded.task_id], "a feed tells of the callbacks that another opener has recorded");
}

/// Returns what the feed returns next.
async fn next(feed: &mut dyn CallbackFeed) -> Vec<ReceivedCallback> {
    must(timeout(SOON, feed.next()).await.expect("a feed returns soon"))
}

/// Reads the feed until it has returned this number of callbacks.
async fn until(feed: &mut dyn CallbackFeed, most: usize) -> Vec<ReceivedCallback> {
    let mut told = Vec::new();
    while told.len() < most {
        told.extend(next(feed).await);
    }
    told
}

fn ids(told: &[ReceivedCallback]) -> Vec<&str> {
    told.iter().map(|told| &*told.task_id).collect()
}

fn callback(task: &str, body: u8) -> CallbackRecord {
    CallbackRecord::new(task, [body; 32])
}

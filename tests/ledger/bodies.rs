//! The bodies of callbacks that a ledger keeps, and their limits.

use kie_ledger::{CallbackRecord, Ledger, MAX_BODY_BYTES, MemoryLedger, SqliteLedger};

/// Records a callback about this task with a body of this size.
async fn receive(ledger: &impl Ledger, task: &str, bytes: usize) {
    let mut callback = CallbackRecord::new(task, [1; 32]);
    callback.body = Some(vec![b' '; bytes]);
    ledger.receive(&callback).await.unwrap();
}

/// Returns the size of the body that is kept for this task.
async fn kept(ledger: &impl Ledger, task: &str) -> Option<usize> {
    ledger.callback_body(task).await.unwrap().map(|body| body.len())
}

async fn are_kept_up_to_a_size(ledger: &impl Ledger) {
    receive(ledger, "too large", MAX_BODY_BYTES + 1).await;
    assert_eq!(kept(ledger, "too large").await, None);
    receive(ledger, "largest", MAX_BODY_BYTES).await;
    assert_eq!(kept(ledger, "largest").await, Some(MAX_BODY_BYTES));
}

#[tokio::test]
async fn bodies_are_kept_up_to_a_size() {
    are_kept_up_to_a_size(&MemoryLedger::new()).await;
    let folder = tempfile::tempdir().unwrap();
    are_kept_up_to_a_size(&SqliteLedger::open(folder.path().join("ledger.db")).await.unwrap()).await;
}

#[tokio::test]
async fn the_ledger_in_memory_drops_the_oldest_of_too_many_bodies() {
    let ledger = MemoryLedger::new();
    for number in 0..1_024 {
        receive(&ledger, &number.to_string(), number).await;
    }
    // The body of a task that has one is not counted again.
    receive(&ledger, "1023", 7).await;
    assert_eq!(kept(&ledger, "0").await, Some(0));
    receive(&ledger, "one more", 9).await;
    assert_eq!((kept(&ledger, "0").await, kept(&ledger, "1").await), (None, Some(1)));
    assert_eq!((kept(&ledger, "1023").await, kept(&ledger, "one more").await), (Some(1_023), Some(9)));
}

#[tokio::test]
async fn the_ledger_in_memory_drops_the_oldest_bodies_if_they_are_too_large() {
    let ledger = MemoryLedger::new();
    for number in 0..16 {
        receive(&ledger, &number.to_string(), MAX_BODY_BYTES).await;
    }
    assert_eq!(kept(&ledger, "0").await, Some(MAX_BODY_BYTES), "64 MiB are not too much");
    receive(&ledger, "one more", 1).await;
    assert_eq!((kept(&ledger, "0").await, kept(&ledger, "one more").await), (None, Some(1)));
    for number in 1..16 {
        assert_eq!(kept(&ledger, &number.to_string()).await, Some(MAX_BODY_BYTES), "{number}");
    }
}

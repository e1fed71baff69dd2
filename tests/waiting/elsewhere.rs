//! A callback that another process receives wakes a wait, if both processes share a ledger.

use std::{sync::Arc, time::Duration};

use http::{HeaderMap, StatusCode};
use kie_ledger::{Ledger, MemoryLedger, SqliteLedger};
use kie_sandbox::{Sandbox, Speed};
use kie_suno::{Client, Credits, callbacks::Receiver};
use tokio::time::{sleep, timeout};

use super::woken::LOOKUP;
use crate::setup::{
    clocks::asleep,
    stack::{UNREACHABLE, client_of, waltz},
};

const TASKS: usize = 5;

/// Starts tasks with a client that has the ledger `ours`, and waits for them with polls that come after an hour. A receiver
/// with the ledger `theirs` receives their callbacks, some before the wait and some later. Each wait polls once.
async fn wakes(ours: impl Ledger, theirs: impl Ledger) {
    let sandbox = Sandbox::builder().speed(Speed::Instant).credits(Credits::new(1e9)).build();
    let client = client_of(&sandbox).ledger(ours).call_back_url(UNREACHABLE).build().unwrap();
    let receiver = Receiver::unsigned().ledger(theirs);
    for number in 0..TASKS {
        let task = client.start(waltz()).await.unwrap();
        sleep(Duration::from_millis(20)).await;
        let receive = receive_last(&sandbox, &receiver);
        if number % 2 == 0 {
            receive.await;
            let waited = timeout(Duration::from_secs(10), task.wait().polling(asleep()).into_future()).await;
            assert_eq!(waited.expect("the wait is woken").unwrap().len(), 2);
        } else {
            let later = async {
                sleep(Duration::from_millis(300)).await;
                receive.await;
            };
            let waiting = timeout(Duration::from_secs(10), task.wait().polling(asleep()).into_future());
            let (waited, ()) = tokio::join!(waiting, later);
            assert_eq!(waited.expect("the wait is woken").unwrap().len(), 2);
        }
    }
    assert_eq!(sandbox.requests(LOOKUP).len(), TASKS, "each wait polls once");
}

/// Delivers the last callback of the newest task.
async fn receive_last(sandbox: &Sandbox, receiver: &Receiver) {
    let body = sandbox.callbacks().last().unwrap().body.to_string();
    assert_eq!(receiver.receive(None, &HeaderMap::new(), body.as_bytes()).await, StatusCode::OK);
}

#[tokio::test(start_paused = true)]
async fn through_a_ledger_in_memory() {
    let ledger = Arc::new(MemoryLedger::new());
    wakes(Arc::clone(&ledger), ledger).await;
}

#[tokio::test]
async fn through_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let open = || SqliteLedger::open(folder.path().join("ledger.db"));
    wakes(open().await.unwrap(), open().await.unwrap()).await;
}

/// The receiver of the client wakes its waits, and the feed of the ledger tells of the same callback. The wait polls once.
#[tokio::test(start_paused = true)]
async fn a_callback_at_the_own_receiver_wakes_once() {
    let sandbox = Sandbox::builder().speed(Speed::Live).credits(Credits::new(1e9)).build();
    let receiver = Receiver::unsigned();
    let builder = client_of(&sandbox).ledger(MemoryLedger::new()).callbacks(UNREACHABLE, &receiver);
    let client: Client = builder.build().unwrap();
    let task = client.start(waltz()).await.unwrap();
    let later = async {
        sleep(Duration::from_secs(61)).await;
        receive_last(&sandbox, &receiver).await;
        sleep(Duration::from_secs(1)).await;
        assert_eq!(sandbox.requests(LOOKUP).len(), 1);
    };
    tokio::select! {
        _ = task.wait().polling(asleep()) => panic!("the task is not complete"),
        () = later => {}
    }
}

//! Commands of the child process that start songs. Most of them also wait for the songs and save the files. The ledger
//! file remains after the process has ended.

use std::{path::Path, sync::Arc, time::Duration};

use kie_ledger::SqliteLedger;
use kie_suno::{
    Charged, Client, ClientBuilder, Error, Polling, Task,
    files::SaveOutcome,
    receipts::{Ledger as _, ReceiptKey, ReceiptState},
    records::Music,
    requests::{GenerateMusic, Model},
};

use crate::print_line;

fn client(service: &str, ledger: &Arc<SqliteLedger>) -> ClientBuilder {
    Client::builder().api_key("key").base_url(service).ledger(Arc::clone(ledger))
}

fn waltz() -> GenerateMusic {
    GenerateMusic::simple(Model::V5, "a slow waltz for two accordions")
}

/// Returns polling settings with short intervals, because the sandbox finishes each song immediately.
fn quick() -> Polling {
    Polling::default().first_poll(Duration::from_millis(1)).max_pause(Duration::from_millis(400))
}

/// Makes and saves one song for each order, one after the other. Skips the orders that an earlier process has finished.
/// If it is unknown whether the service accepted an order, prints the order and goes on with the next one.
pub(crate) async fn sing(ledger: &Path, service: &str, call_back: &str, folder: &Path, orders: usize) {
    let ledger = Arc::new(SqliteLedger::open(ledger).await.unwrap());
    let client = client(service, &ledger).call_back_url(call_back).task_rate(0, Duration::ZERO).build().unwrap();
    print_line("begins", "");
    for order in 0..orders {
        let name = format!("order {order}");
        let known = ledger.find(ReceiptKey::Name(&name)).await.unwrap();
        // If the response of a start is lost, a callback can still name the task. The first attempt of an order waits
        // 100 ms for this callback. A later attempt does not wait, because the callback would have come before.
        let patience = Duration::from_millis(if known.is_none() { 100 } else { 0 });
        // A start waits for the response to an earlier start of the same order. If the state is `Sent`, the process of
        // the earlier start was killed, and its response never comes. So this start waits only 50 ms.
        let limit = match &known {
            Some(receipt) if receipt.state == ReceiptState::Saved => continue,
            Some(receipt) if receipt.state == ReceiptState::Sent => Duration::from_millis(50),
            _ => Duration::MAX,
        };
        print_line("asks", &name);
        let Some(task) = task(&client, &name, limit, patience).await else {
            print_line("unknown", &name);
            continue;
        };
        print_line("started", task.id());
        let tracks = task.wait().polling(quick()).await.unwrap();
        print_line("finished", task.id());
        task.save(&tracks, folder).await.unwrap();
        print_line("saved", task.id());
    }
}

/// Returns the task of an order. Returns `None` if it is unknown whether the service accepted the order.
async fn task(client: &Client, name: &str, limit: Duration, patience: Duration) -> Option<Task<Music>> {
    match client.start(waltz()).named(name).within(limit).await {
        Ok(task) => Some(task),
        Err(Error::OutcomeUnknown(lost)) => match client.resume(lost.receipt().unwrap()).timeout(patience).await {
            Ok(task) => Some(task),
            Err(Error::NotResumed(late)) if late.is_timeout() => None,
            Err(error) => panic!("{error}"),
        },
        Err(error) => panic!("{error}"),
    }
}

/// Starts `songs` songs as fast as the rate limit permits. Then saves all unfinished songs, including songs that other
/// processes started.
pub(crate) async fn share(ledger: &Path, service: &str, folder: &Path, songs: usize, rate: (usize, Duration)) {
    let ledger = Arc::new(SqliteLedger::open(ledger).await.unwrap());
    let client = client(service, &ledger).task_rate(rate.0, rate.1).build().unwrap();
    for _ in 0..songs {
        client.start(waltz()).await.unwrap();
    }
    for _ in 0..1_000 {
        for collected in client.save_all(folder).await.unwrap() {
            if let SaveOutcome::Saved(_) = collected.outcome {
                print_line("saved", collected.receipt.id);
            }
        }
        if client.unfinished().await.unwrap().is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("not everything could be saved");
}

/// Starts songs until three starts have failed because of the ledger. If the ledger cannot be opened, prints this error
/// and returns.
pub(crate) async fn start(ledger: &Path, service: &str) {
    let ledger = match SqliteLedger::open(ledger).await {
        Ok(ledger) => Arc::new(ledger),
        Err(error) => return print_line("refused", error),
    };
    // The client adds the id of the receipt to the callback address. So the sandbox's journal shows the receipt of each
    // call.
    let client = client(service, &ledger).call_back_url("https://callback.invalid/kie");
    let client = client.task_rate(0, Duration::ZERO).build().unwrap();
    let mut refused = 0;
    while refused < 3 {
        match client.start(waltz()).await {
            Ok(task) => print_line("started", task.id()),
            Err(error) => {
                assert!(matches!(error, Error::Ledger(_)) && error.charged() == Charged::No, "{error:?}");
                print_line("refused", error);
                refused += 1;
            }
        }
    }
}

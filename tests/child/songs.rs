//! Songs, from the call to the files, with a ledger that outlives the process.

use std::{path::Path, sync::Arc, time::Duration};

use kie_ledger::SqliteLedger;
use kie_suno::{
    Charged, Client, ClientBuilder, Error, Polling, Task,
    files::SaveOutcome,
    receipts::{Ledger as _, ReceiptKey, ReceiptState},
    records::Music,
    requests::{GenerateMusic, Model},
};

use crate::tell;

fn client(service: &str, ledger: &Arc<SqliteLedger>) -> ClientBuilder {
    Client::builder().api_key("key").base_url(service).ledger(Arc::clone(ledger))
}

fn waltz() -> GenerateMusic {
    GenerateMusic::simple(Model::V5, "a slow waltz for two accordions")
}

/// The sandbox's songs are finished at once.
fn quick() -> Polling {
    Polling::default().first_poll(Duration::from_millis(1)).longest_pause(Duration::from_millis(400))
}

/// Makes and saves the songs of so many orders, one after the other, wherever the process before it was killed. An order
/// of which nobody knows what came of it is told, and passed over.
pub(crate) async fn sing(ledger: &Path, service: &str, call_back: &str, folder: &Path, orders: usize) {
    let ledger = Arc::new(SqliteLedger::open(ledger).await.unwrap());
    let client = client(service, &ledger).call_back_url(call_back).new_tasks(0, Duration::ZERO).build().unwrap();
    tell("begins", "");
    for order in 0..orders {
        let name = format!("order {order}");
        let known = ledger.find(ReceiptKey::Name(&name)).await.unwrap();
        // Nobody waits a second time for what did not come the first time.
        let patience = Duration::from_millis(if known.is_none() { 100 } else { 0 });
        if known.is_some_and(|receipt| receipt.state == ReceiptState::Saved) {
            continue;
        }
        tell("asks", &name);
        let Some(task) = task(&client, &name, patience).await else {
            tell("unknown", &name);
            continue;
        };
        tell("started", task.id());
        let tracks = task.wait().polling(quick()).await.unwrap();
        tell("finished", task.id());
        task.save(&tracks, folder).await.unwrap();
        tell("saved", task.id());
    }
}

/// The task of an order, if that is known.
async fn task(client: &Client, name: &str, patience: Duration) -> Option<Task<Music>> {
    match client.start(waltz()).named(name).await {
        Ok(task) => Some(task),
        Err(Error::OutcomeUnknown(lost)) => match client.resume(lost.receipt().unwrap()).timeout(patience).await {
            Ok(task) => Some(task),
            Err(Error::NotResumed(late)) if late.is_timeout() => None,
            Err(error) => panic!("{error}"),
        },
        Err(error) => panic!("{error}"),
    }
}

/// Starts so many songs, as fast as it may, and then saves what there is, whoever started it.
pub(crate) async fn share(ledger: &Path, service: &str, folder: &Path, songs: usize, rate: (usize, Duration)) {
    let ledger = Arc::new(SqliteLedger::open(ledger).await.unwrap());
    let client = client(service, &ledger).new_tasks(rate.0, rate.1).build().unwrap();
    for _ in 0..songs {
        client.start(waltz()).await.unwrap();
    }
    for _ in 0..1_000 {
        for collected in client.save_all(folder).await.unwrap() {
            if let SaveOutcome::Saved(_) = collected.outcome {
                tell("saved", collected.receipt.id);
            }
        }
        if client.unfinished().await.unwrap().is_empty() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("not everything could be saved");
}

/// Starts songs until it was refused a few times, or does not even begin.
pub(crate) async fn start(ledger: &Path, service: &str) {
    let ledger = match SqliteLedger::open(ledger).await {
        Ok(ledger) => Arc::new(ledger),
        Err(error) => return tell("refused", error),
    };
    let client = client(service, &ledger).new_tasks(0, Duration::ZERO).build().unwrap();
    let mut refused = 0;
    while refused < 3 {
        match client.start(waltz()).await {
            Ok(task) => tell("started", task.id()),
            Err(error) => {
                assert!(matches!(error, Error::Ledger(_)) && error.charged() == Charged::No, "{error:?}");
                tell("refused", error);
                refused += 1;
            }
        }
    }
}

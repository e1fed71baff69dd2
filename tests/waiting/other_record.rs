//! Tests of a service that answers the poll of one task with the record of another task. The record must not be used:
//! its files belong to another order.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use kie_ledger::MemoryLedger;
use kie_suno::{
    Client, Error, HttpService,
    files::SaveOutcome,
    receipts::{Ledger, Receipt, ReceiptKey, ReceiptState, ReceiptUpdate},
    records::Music,
    transport::{
        Body, HttpFuture,
        http::{Request, Response},
    },
};
use tempfile::tempdir;

const OWN: &str = "4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e";
const OTHER: &str = "9c7f0e15d3ab4e1fa0b2c6d84e73f519";

/// A test double of the service. The first `wrong` records have the id `other` instead of the id of the task.
#[derive(Debug, Clone)]
struct Confused {
    wrong: usize,
    other: &'static str,
    polls: Arc<AtomicUsize>,
}

impl HttpService for Confused {
    fn call(&self, _: Request<Body>) -> HttpFuture<'_> {
        let id = if self.polls.fetch_add(1, SeqCst) < self.wrong { self.other } else { OWN };
        let track = r#"{"id":"a","audioUrl":"https://files.example/a.mp3","title":"Waltz"}"#;
        let body = format!(
            r#"{{"code":200,"msg":"success","data":{{"taskId":"{id}","status":"SUCCESS","response":{{"sunoData":[{track}]}}}}}}"#
        );
        Box::pin(async move { Ok(Response::new(body.into())) })
    }
}

/// Returns a client of this service, with the receipt of the task in its ledger.
async fn client(wrong: usize, other: &'static str) -> (Client, Arc<MemoryLedger>, Confused) {
    let ledger = Arc::new(MemoryLedger::new());
    let receipt = Receipt::new("generate-music", "{}").unwrap();
    ledger.write(&receipt).await.unwrap();
    ledger.update(receipt.id, &ReceiptUpdate::Named { task_id: OWN.into() }).await.unwrap();
    let service = Confused { wrong, other, polls: Arc::default() };
    let client = Client::builder().api_key("key").http(service.clone()).ledger(Arc::clone(&ledger)).build().unwrap();
    (client, ledger, service)
}

async fn state(ledger: &MemoryLedger) -> ReceiptState {
    ledger.find(ReceiptKey::Task(OWN)).await.unwrap().unwrap().state
}

#[tokio::test(start_paused = true)]
async fn the_record_of_another_task_is_an_error_with_both_ids() {
    let (client, ledger, _) = client(usize::MAX, OTHER).await;
    let (task, any) = (client.task::<Music>(OWN), client.any_task("music", OWN).unwrap());
    let fetched = task.fetch().await.map(|record| record.is_some());
    let reported = task.report().await.map(|_| true);
    let any = any.report().await.map(|_| true);
    for polled in [fetched, reported, any] {
        let error = polled.unwrap_err();
        assert!(matches!(error, Error::Decode(_)), "{error:?}");
        assert!(error.to_string().contains(OWN) && error.to_string().contains(OTHER), "{error}");
        assert_eq!(error.task_id(), Some(OWN));
    }
    let folder = tempdir().unwrap();
    let saved = client.save_all(folder.path()).await.unwrap();
    assert!(matches!(&saved[0].outcome, SaveOutcome::Error(Error::Decode(_))), "{saved:?}");
    let late = task.wait().timeout(Duration::from_secs(30)).await.unwrap_err();
    let Error::TimedOut(late) = &late else { panic!("{late:?}") };
    assert!(late.failing().unwrap().error().to_string().contains(OTHER));
    assert_eq!(late.last(), None);
    assert_eq!(state(&ledger).await, ReceiptState::Running, "nothing is written to the receipt");
}

#[tokio::test(start_paused = true)]
async fn a_task_is_polled_again_after_the_record_of_another_task() {
    let (client, ledger, service) = client(2, OTHER).await;
    let tracks = client.task::<Music>(OWN).wait().await.unwrap();
    assert_eq!((tracks.len(), service.polls.load(SeqCst)), (1, 3));
    assert_eq!(state(&ledger).await, ReceiptState::Complete);
}

#[tokio::test(start_paused = true)]
async fn a_masked_or_empty_id_is_no_other_task() {
    for masked in ["4be1****4d5e", "", " "] {
        let (client, ..) = client(usize::MAX, masked).await;
        assert_eq!(client.task::<Music>(OWN).wait().await.unwrap().len(), 1, "{masked:?}");
    }
}

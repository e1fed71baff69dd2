//! Tests of receipts that were closed with `forget`, and of updates that come after that.

use kie_sandbox::{Fault, Speed};
use kie_suno::{
    Error,
    receipts::{Ledger, ReceiptId, ReceiptKey, ReceiptState},
    records::Music,
    requests::{Host, Method},
};

use super::{MUSIC, Setup, moment};
use crate::setup::stack::waltz;

#[tokio::test(start_paused = true)]
async fn an_unknown_call_is_forgotten_and_sent_again_under_its_name() {
    let setup = Setup::new(Speed::Instant);
    let client = setup.client();
    setup.sandbox.fault(MUSIC, Fault::DropResponse);
    let lost = client.start(waltz()).named("order").await.unwrap_err().receipt().unwrap();
    assert!(client.start(waltz()).named("order").await.is_err(), "it is not retried by itself");

    let forgotten = client.forget(lost).await.unwrap();
    assert_eq!((forgotten.state, forgotten.forgotten, &forgotten.name), (ReceiptState::Refused, true, &None));
    assert!(client.unfinished().await.unwrap().is_empty());
    let not = client.resume::<Music>(lost).await.unwrap_err();
    assert!(not.to_string().ends_with("it was forgotten before its task was known"), "{not}");
    let Error::NotResumed(not) = not else { panic!() };
    assert!(!not.is_unsent() && !not.is_timeout(), "it may have been accepted");

    let second = client.start(waltz()).named("order").await.unwrap();
    assert_ne!(second.receipt(), Some(lost), "it has a receipt of its own");
    assert_eq!((setup.calls(MUSIC), setup.sandbox.tasks().len()), (2, 2), "the user has chosen to pay twice");

    // The service had accepted the first call too. A callback for this call now names its task.
    moment().await;
    assert_eq!(setup.deliver().await, 2);
    let first = client.resume::<Music>(lost).await.unwrap();
    assert_eq!(first.id().as_str(), setup.sandbox.tasks()[0].id);
    assert_eq!(client.unfinished().await.unwrap().len(), 2);
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(client.save_all(folder.path()).await.unwrap().len(), 2);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4, "nothing that was paid for is lost");
}

#[tokio::test(start_paused = true)]
async fn a_task_that_cannot_be_read_is_forgotten() {
    let setup = Setup::new(Speed::Instant);
    let client = setup.client();
    // This is a raw call to a path that the client does not know. So the client does not know the kind of the task, and
    // cannot poll the task.
    let mut body = serde_json::to_value(waltz()).unwrap();
    body["callBackUrl"] = "https://music.example/kie".into();
    let path = "/api/v1/generate?tomorrow";
    let answer = client.raw(Method::Post, Host::Api, path, &body).await.unwrap();
    let receipt = setup.receipt(ReceiptKey::Task(answer["taskId"].as_str().unwrap())).await;
    assert_eq!(client.save_all("nowhere").await.unwrap().len(), 1);
    assert_eq!(client.unfinished().await.unwrap().len(), 1, "it cannot be finished");
    assert_eq!(client.forget(receipt.id).await.unwrap().state, ReceiptState::Failed);

    let complete = client.start(waltz()).await.unwrap();
    complete.wait().await.unwrap();
    assert_eq!(client.forget(complete.receipt().unwrap()).await.unwrap().state, ReceiptState::Saved);
    assert!(client.unfinished().await.unwrap().is_empty());
    let unknown = client.forget(ReceiptId::random().unwrap()).await.unwrap_err();
    assert!(
        matches!(&unknown, Error::Ledger(_)) && unknown.to_string().starts_with("there is no receipt"),
        "{unknown}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_forgotten_call_is_not_retried_and_a_late_response_is_recorded() {
    let setup = Setup::new(Speed::Instant);
    let refusal = Fault::Refuse { http_status: 200, code: 429, msg: "slow down".into() };
    for (fault, is_taken) in [(refusal, false), (Fault::DropResponse, true)] {
        setup.sandbox.fault(MUSIC, fault);
        let client = setup.client();
        let before = setup.calls(MUSIC);
        let forgetting = async {
            let receipt = loop {
                tokio::task::yield_now().await;
                match setup.ledger.unfinished(None, usize::MAX).await.unwrap().pop() {
                    Some(receipt) if receipt.sends == 1 => break receipt.id,
                    _ => assert_eq!(setup.calls(MUSIC), before),
                }
            };
            client.forget(receipt).await.unwrap();
            receipt
        };
        let (started, receipt) = tokio::join!(client.start(waltz()), forgetting);
        let error = started.unwrap_err();
        assert_eq!(setup.calls(MUSIC), before + 1, "{error:?}");
        assert_eq!(matches!(error, Error::Ledger(_)), !is_taken, "{error:?}");
        if is_taken {
            moment().await;
            setup.deliver().await;
            assert_eq!(setup.receipt(ReceiptKey::Id(receipt)).await.state, ReceiptState::Running);
        }
    }
}

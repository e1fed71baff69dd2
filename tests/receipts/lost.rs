//! Tests of lost responses. The client does not send the call again, but learns the id of the task from the callback.

use std::time::Duration;

use kie_sandbox::{Fault, Speed};
use kie_suno::{
    Client, Error,
    receipts::{ReceiptKey, ReceiptState},
    records::Music,
    requests::{
        Endpoint, TaskEndpoint,
        catalog::{self, OPERATIONS, Visitor},
    },
};
use tokio::time::Instant;

use super::{MUSIC, Setup, moment, prepared};
use crate::setup::stack::{UNREACHABLE, client_of, waltz};

/// Visitor that starts a task with the operation and loses the response. Returns `true` if the task is found with the
/// callback, and `None` if the operation starts no task.
struct Lose<'a>(&'a Setup);

type Found<'a> = std::pin::Pin<Box<dyn Future<Output = Option<bool>> + 'a>>;

impl<'a> Visitor for Lose<'a> {
    type Output = Found<'a>;

    fn call<E: Endpoint>(self) -> Found<'a> {
        Box::pin(async { None })
    }

    fn start<E: TaskEndpoint>(self) -> Found<'a> {
        Box::pin(async move { Some(lose::<E>(self.0).await) })
    }
}

async fn lose<E: TaskEndpoint>(setup: &Setup) -> bool {
    let client: Client = setup.client();
    let request: E = prepared::request(&setup.sandbox).await;
    setup.sandbox.fault(E::NAME, Fault::DropResponse);
    let tasks = setup.sandbox.tasks().len();
    let error = client.start(request.clone()).named(E::NAME).await.unwrap_err();
    let Error::OutcomeUnknown(lost) = &error else { panic!("{}: {error:?}", E::NAME) };
    let receipt = lost.receipt().expect("it has a receipt");
    assert_eq!(error.receipt(), Some(receipt));
    assert!(error.to_string().ends_with(&format!("its receipt is {receipt}")), "{error}");
    assert_eq!(setup.receipt(ReceiptKey::Id(receipt)).await.state, ReceiptState::Sent);
    assert_eq!(setup.sandbox.tasks().len(), tasks + 1, "{}: the service accepted it", E::NAME);

    // A second call with the same name is not sent, so it costs nothing.
    let again = client.start(request.clone()).named(E::NAME).await.unwrap_err();
    assert!(matches!(again, Error::OutcomeUnknown(_)), "{again:?}");
    assert_eq!(again.receipt(), Some(receipt));
    assert_eq!(setup.calls(E::NAME), 1);

    moment().await;
    setup.deliver().await;
    let task_id = setup.sandbox.tasks().last().unwrap().id.clone();
    let found = match client.resume::<E::Job>(receipt).timeout(Duration::from_secs(60)).await {
        Ok(task) => {
            assert_eq!(task.id().as_str(), task_id);
            assert_eq!(task.receipt(), Some(receipt));
            let same = client.start(request).named(E::NAME).await.unwrap();
            assert_eq!(same.id(), task.id(), "the name leads to it");
            true
        }
        Err(Error::NotResumed(not)) => {
            assert!(not.is_timeout(), "{not}");
            assert!(setup.sandbox.callbacks().iter().all(|callback| callback.task_id != task_id));
            false
        }
        Err(error) => panic!("{}: {error:?}", E::NAME),
    };
    assert_eq!(setup.calls(E::NAME), 1, "{}: nothing was retried", E::NAME);
    found
}

#[tokio::test(start_paused = true)]
async fn every_task_is_found_by_its_callback_where_there_is_one() {
    let (mut found, mut without_callback) = (0, Vec::new());
    for operation in OPERATIONS {
        let setup = Setup::new(Speed::Instant);
        match catalog::visit(operation.name, Lose(&setup)).unwrap().await {
            Some(true) => found += 1,
            Some(false) => without_callback.push(operation.name),
            None => {}
        }
    }
    println!("lost responses: {found} tasks found by their callbacks; no callback for {without_callback:?}");
    assert_eq!(found + without_callback.len(), OPERATIONS.iter().filter(|operation| operation.job.is_some()).count());
    assert_eq!(without_callback, Vec::<&str>::new(), "each of them has a documented callback");
}

#[tokio::test(start_paused = true)]
async fn resuming_is_woken_by_the_callback() {
    for (is_woken, most, limit) in
        [(true, 0, None), (false, 1_000, None), (true, 0, Some(Duration::MAX)), (false, 1_000, Some(Duration::MAX))]
    {
        let setup = Setup::new(Speed::Instant);
        // If `is_woken` is `false`, the client has no receiver that could wake it. It finds the callback in the ledger,
        // as if another process had written it.
        let client = match is_woken {
            true => setup.client(),
            false => client_of(&setup.sandbox).call_back_url(UNREACHABLE).ledger(setup.ledger.clone()).build().unwrap(),
        };
        setup.sandbox.fault(MUSIC, Fault::DropResponse);
        let receipt = client.start(waltz()).await.unwrap_err().receipt().unwrap();
        let resuming = limit.into_iter().fold(client.resume::<Music>(receipt), kie_suno::Resume::timeout);
        let post = async {
            tokio::time::sleep(Duration::from_millis(2_500)).await;
            setup.deliver().await;
            Instant::now()
        };
        let (task, delivered) = tokio::join!(resuming.into_future(), post);
        task.unwrap().wait().await.unwrap();
        // The rate limit of the service permits one poll in 334 ms. 700 ms are a little more than two such pauses.
        assert!(delivered.elapsed() < Duration::from_millis(most + 700), "{:?}", delivered.elapsed());
        assert_eq!(setup.calls(MUSIC), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_without_a_callback_ends_at_the_timeout() {
    let setup = Setup::new(Speed::Instant);
    let client = setup.client();
    setup.sandbox.fault(MUSIC, Fault::DropResponse);
    let receipt = client.start(waltz()).await.unwrap_err().receipt().unwrap();
    let begin = Instant::now();
    let error = client.resume::<Music>(receipt).timeout(Duration::from_secs(30)).await.unwrap_err();
    assert_eq!(begin.elapsed(), Duration::from_secs(30));
    assert!(error.to_string().ends_with("neither a response nor a callback named its task within 30 s"), "{error}");
    assert_eq!((error.receipt(), error.operation()), (Some(receipt), Some(MUSIC)));
    assert_eq!(client.unfinished().await.unwrap()[0].id, receipt);
}

#[tokio::test(start_paused = true)]
async fn resuming_uses_the_time_limit_of_the_client() {
    let setup = Setup::new(Speed::Instant);
    let polling = kie_suno::Polling::default().timeout(Duration::from_secs(40));
    let client = setup.builder(setup.ledger.clone()).polling(polling).build().unwrap();
    setup.sandbox.fault(MUSIC, Fault::DropResponse);
    let receipt = client.start(waltz()).await.unwrap_err().receipt().unwrap();
    let begin = Instant::now();
    let error = client.resume::<Music>(receipt).await.unwrap_err();
    assert_eq!((begin.elapsed(), error.charged()), (Duration::from_secs(40), kie_suno::Charged::Unknown));
}

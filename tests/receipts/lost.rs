//! Answers that got lost: never a second call, and the callback leads to the task.

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

use super::{House, MUSIC, moment, prepared};
use crate::setup::stack::waltz;

/// Starts the operation, loses the answer, and looks whether the callback leads to the task.
struct Lose<'a>(&'a House);

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

async fn lose<E: TaskEndpoint>(house: &House) -> bool {
    let client: Client = house.client();
    let request: E = prepared::request(&house.sandbox).await;
    house.sandbox.fault(E::NAME, Fault::DropAnswer);
    let tasks = house.sandbox.tasks().len();
    let error = client.start(request.clone()).named(E::NAME).await.unwrap_err();
    let Error::OutcomeUnknown(lost) = &error else { panic!("{}: {error:?}", E::NAME) };
    let receipt = lost.receipt().expect("it has a receipt");
    assert_eq!(error.receipt(), Some(receipt));
    assert!(error.to_string().ends_with(&format!("its receipt is {receipt}")), "{error}");
    assert_eq!(house.receipt(ReceiptKey::Id(receipt)).await.state, ReceiptState::Sent);
    assert_eq!(house.sandbox.tasks().len(), tasks + 1, "{}: the service did take it", E::NAME);

    // Whoever asks for the same again pays nothing again.
    let again = client.start(request.clone()).named(E::NAME).await.unwrap_err();
    assert!(matches!(again, Error::OutcomeUnknown(_)), "{again:?}");
    assert_eq!(again.receipt(), Some(receipt));
    assert_eq!(house.calls(E::NAME), 1);

    moment().await;
    house.deliver().await;
    let task_id = house.sandbox.tasks().last().unwrap().id.clone();
    let found = match client.resume::<E::Job>(receipt).timeout(Duration::from_secs(60)).await {
        Ok(task) => {
            assert_eq!(task.id().as_str(), task_id);
            assert_eq!(task.receipt(), Some(receipt));
            let same = client.start(request).named(E::NAME).await.unwrap();
            assert_eq!(same.id(), task.id(), "and the name leads to it");
            true
        }
        Err(Error::NotResumed(not)) => {
            assert!(not.is_timeout(), "{not}");
            assert!(house.sandbox.callbacks().iter().all(|callback| callback.task_id != task_id));
            false
        }
        Err(error) => panic!("{}: {error:?}", E::NAME),
    };
    assert_eq!(house.calls(E::NAME), 1, "{}: nothing was sent again", E::NAME);
    found
}

#[tokio::test(start_paused = true)]
async fn every_task_is_found_by_its_callback_where_there_is_one() {
    let (mut found, mut untold) = (0, Vec::new());
    for operation in OPERATIONS {
        let house = House::new(Speed::Instant);
        match catalog::visit(operation.name, Lose(&house)).unwrap().await {
            Some(true) => found += 1,
            Some(false) => untold.push(operation.name),
            None => {}
        }
    }
    println!("answers lost: {found} tasks found by their callbacks; no callback tells of {untold:?}");
    assert_eq!(found + untold.len(), OPERATIONS.iter().filter(|operation| operation.job.is_some()).count());
    assert_eq!(untold, Vec::<&str>::new(), "each of them has a documented callback");
}

#[tokio::test(start_paused = true)]
async fn resuming_is_woken_by_the_callback() {
    for (is_woken, most) in [(true, 0), (false, 1_000)] {
        let house = House::new(Speed::Instant);
        // A client without a receiver of its own sees what another process writes.
        let client = match is_woken {
            true => house.client(),
            false => crate::setup::stack::client_of(&house.sandbox).ledger(house.ledger.clone()).build().unwrap(),
        };
        house.sandbox.fault(MUSIC, Fault::DropAnswer);
        let receipt = client.start(waltz()).await.unwrap_err().receipt().unwrap();
        let resuming = client.resume::<Music>(receipt);
        let post = async {
            tokio::time::sleep(Duration::from_millis(2_500)).await;
            house.deliver().await;
            Instant::now()
        };
        let (task, told) = tokio::join!(resuming.into_future(), post);
        task.unwrap().wait().await.unwrap();
        // The looks of the service's rate are 334 ms apart.
        assert!(told.elapsed() < Duration::from_millis(most + 700), "{:?}", told.elapsed());
        assert_eq!(house.calls(MUSIC), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_that_nobody_names_is_given_up_in_time() {
    let house = House::new(Speed::Instant);
    let client = house.client();
    house.sandbox.fault(MUSIC, Fault::DropAnswer);
    let receipt = client.start(waltz()).await.unwrap_err().receipt().unwrap();
    let begin = Instant::now();
    let error = client.resume::<Music>(receipt).timeout(Duration::from_secs(30)).await.unwrap_err();
    assert_eq!(begin.elapsed(), Duration::from_secs(30));
    assert!(error.to_string().ends_with("neither a response nor a callback named its task within 30 s"), "{error}");
    assert_eq!((error.receipt(), error.operation()), (Some(receipt), Some(MUSIC)));
    assert_eq!(client.unfinished().await.unwrap()[0].id, receipt);
}

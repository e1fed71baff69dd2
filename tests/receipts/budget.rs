//! Tests of budgets: the sandbox must never charge more credits than the budget permits.

use std::time::Duration;

use kie_sandbox::{Fault, Sandbox, Speed, TaskScript};
use kie_suno::{
    Budget, Charged, Client, Credits, Error,
    receipts::{Ledger, ReceiptKey},
    requests::{BoostMusicStyle, Endpoint as _, Host, Method, SeparateVocals, SeparationType},
};
use tokio::task::JoinSet;

use super::{MUSIC, Setup};
use crate::setup::stack::{client_of, waltz};

fn credits(credits: f64) -> Credits {
    Credits::new(credits)
}

fn client(sandbox: &Sandbox, budget: Budget) -> Client {
    client_of(sandbox).task_rate(1_000, Duration::from_secs(1)).budget(budget).build().unwrap()
}

fn sandbox() -> Sandbox {
    Sandbox::builder().speed(Speed::Instant).build()
}

/// Starts `songs` songs at the same time. Returns two numbers: the songs that were started, and the songs that the
/// budget refused.
async fn start(client: &Client, songs: usize) -> (usize, usize) {
    let mut starts = JoinSet::new();
    for _ in 0..songs {
        let client = client.clone();
        starts.spawn(async move { client.start(waltz()).await });
    }
    let (mut started, mut refused) = (0, 0);
    for result in starts.join_all().await {
        match result {
            Ok(_) => started += 1,
            Err(Error::OverBudget(_)) => refused += 1,
            Err(error) => panic!("{error:?}"),
        }
    }
    (started, refused)
}

#[tokio::test(start_paused = true)]
async fn the_budget_holds_if_several_calls_start_at_once() {
    for (budget, songs) in [
        // A song costs 12 credits. Each entry has a budget, and the number of songs that this budget permits.
        (Budget::new(credits(60.0)).price(MUSIC, credits(12.0)), 5),
        (Budget::new(credits(59.9)).price(MUSIC, credits(12.0)), 4),
        (Budget::new(credits(60.0)).price(MUSIC, credits(15.0)), 4),
        // These budgets have no price for songs, so they use the listed price.
        (Budget::new(credits(60.0)), 5),
        (Budget::new(credits(11.9)), 0),
        (Budget::new(credits(0.0)), 0),
    ] {
        let sandbox = sandbox();
        let client = client(&sandbox, budget.clone());
        let (started, refused) = start(&client, 40).await;
        assert_eq!(started + refused, 40);
        assert_eq!(sandbox.requests(MUSIC).len(), started, "a refused call is not sent");
        // For a short time, a call in flight may be counted twice: with its price, and in the balance of the account.
        // So the budget may refuse calls that it could still permit.
        assert!(started <= songs, "{started} songs on {budget:?}");
        let rest = start(&client, 10).await.0;
        assert_eq!(started + rest, songs, "{budget:?}");
        assert_eq!(sandbox.balance(), credits(1_000.0 - 12.0 * songs as f64));
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_costs_more_than_the_budget_is_not_sent_although_no_price_was_given() {
    let (sandbox, budget) = (sandbox(), Budget::new(credits(40.0)));
    let client = client(&sandbox, budget);
    let song = client.start(waltz()).await.unwrap();
    let tracks = song.wait().await.unwrap();
    let split = |kind| SeparateVocals::of_track(song.id().clone(), tracks[0].id.clone().unwrap()).kind(kind);
    // The price depends on the request: it is 50 credits for all stems, and 10 credits for two stems.
    let all = serde_json::to_value(split(SeparationType::SplitStem)).unwrap();
    for error in [
        client.start(split(SeparationType::SplitStem)).await.unwrap_err(),
        client.start_json::<SeparateVocals>(all.clone()).await.unwrap_err(),
        client.raw(Method::Post, Host::Api, SeparateVocals::PATH, &all).await.unwrap_err(),
    ] {
        assert_eq!(error.to_string(), "separate-vocals: it may cost 50 credits, and 28 are left of the budget");
    }
    assert_eq!(sandbox.requests("separate-vocals").len(), 0);
    client.start(split(SeparationType::SeparateVocal)).await.unwrap();
    assert_eq!(sandbox.balance(), credits(1_000.0 - 12.0 - 10.0));
    let error = client.start(split(SeparationType::SplitStem)).await.unwrap_err();
    assert_eq!(error.to_string(), "separate-vocals: it may cost 50 credits, and 18 are left of the budget");
}

#[tokio::test(start_paused = true)]
async fn fractions_add_up() {
    let sandbox = sandbox();
    let client = client(&sandbox, Budget::new(credits(4.0)));
    let mut calls = 0;
    let error = loop {
        assert!(calls < 20, "ten times 0.4 is 4");
        match client.call(BoostMusicStyle::new("Pop")).await {
            Ok(_) => calls += 1,
            Err(error) => break error,
        }
    };
    assert_eq!((calls, sandbox.balance()), (10, credits(996.0)));
    assert_eq!((error.charged(), error.operation()), (Charged::No, Some("boost-music-style")));
    assert_eq!(error.to_string(), "boost-music-style: it may cost 0.4 credits, and 0 are left of the budget");
    let Error::OverBudget(over) = error else { panic!() };
    assert_eq!((over.limit(), over.left()), (credits(4.0), Some(credits(0.0))));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_the_budget_refuses_is_not_sent() {
    let setup = Setup::new(Speed::Instant);
    let budget = Budget::new(credits(12.0)).price(MUSIC, credits(12.0));
    let client = setup.builder(setup.ledger.clone()).budget(budget).build().unwrap();
    let first = client.start(waltz()).named("first").await.unwrap();
    let error = client.start(waltz()).named("second").await.unwrap_err();
    assert!(matches!(error, Error::OverBudget(_)), "{error:?}");
    let receipt = setup.receipt(ReceiptKey::Name("second")).await;
    assert_eq!((Some(receipt.id), receipt.sends), (error.receipt(), 0));
    assert!(receipt.state.is_finished(), "it is finished and needs no action");
    // The call named `first` already has a response. So it is not sent again and costs nothing.
    assert_eq!(client.start(waltz()).named("first").await.unwrap().id(), first.id());
    assert_eq!(setup.ledger.unfinished(None, usize::MAX).await.unwrap().len(), 1);

    setup.sandbox.fault("get-account-credits", Fault::Refuse { http_status: 200, code: 401, msg: "who?".into() });
    let error = client.start(waltz()).await.unwrap_err();
    assert!(matches!(error, Error::OverBudget(_)) && error.charged() == Charged::No, "{error:?}");
    assert_eq!(setup.calls(MUSIC), 1);
}

#[tokio::test(start_paused = true)]
async fn a_refund_does_not_raise_the_budget() {
    let sandbox = sandbox();
    let client = client(&sandbox, Budget::new(credits(24.0)).price(MUSIC, credits(12.0)));
    sandbox.script_task(TaskScript::Fails {
        status: "GENERATE_AUDIO_FAILED".into(),
        code: 531,
        message: "refunded".into(),
        after: None,
    });
    let failed = client.start(waltz()).await.unwrap();
    client.credits().await.unwrap();
    failed.wait().await.unwrap_err();
    let (started, _) = start(&client, 5).await;
    assert!(started <= 2 && sandbox.balance() >= credits(976.0));
}

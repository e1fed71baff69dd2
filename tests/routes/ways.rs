//! Receipts, costs, refusals and trouble on the market route, on the sandbox's books.

use std::sync::Arc;

use kie_ledger::{MemoryLedger, ReceiptState};
use kie_sandbox::{Fault, Sandbox, Speed};
use kie_suno::{
    Charged, Client, Credits, Error, Route,
    records::{Music, Record as _},
    requests::{GenerateMashup, GenerateMusic, Model},
};
use kie_types::Rule;

use crate::setup::stack::client_of;

fn song() -> GenerateMusic {
    GenerateMusic::song(Model::V6, "chamber pop", "One More Stop", "[Verse]\nTram bells at dawn").duration(60)
}

fn market(sandbox: &Sandbox) -> Client {
    client_of(sandbox).route(Route::Market).build().unwrap()
}

fn instant() -> Sandbox {
    Sandbox::builder().speed(Speed::Instant).build()
}

#[tokio::test(start_paused = true)]
async fn a_receipt_remembers_the_route_and_the_cost() {
    let sandbox = instant();
    let ledger = Arc::new(MemoryLedger::new());
    let client = client_of(&sandbox).ledger(Arc::clone(&ledger)).build().unwrap();
    let task = client.start(song()).route(Route::Market).named("order 7").await.unwrap();
    let record = task.fetch().await.unwrap().unwrap();
    assert_eq!(record.credits_consumed(), Some(Credits::new(12.0)));
    task.wait().await.unwrap();
    let receipt = client.receipt("order 7").await.unwrap().unwrap();
    assert_eq!((receipt.route, receipt.credits), (Route::Market, Some(Credits::new(12.0))));
    assert_eq!(receipt.state, ReceiptState::Complete);

    // The task is read on its own route, whatever the route of the client and of the repeated call is.
    let again = client.start(song()).named("order 7").await.unwrap();
    assert_eq!((again.id(), again.route()), (task.id(), Route::Market));
    let resumed = client.resume::<Music>(receipt.id).await.unwrap();
    assert_eq!((resumed.route(), resumed.wait().await.unwrap().len()), (Route::Market, 2));
    let any = client.task_of(&receipt).unwrap();
    assert_eq!(any.route(), Route::Market);
    assert_eq!(any.report().await.unwrap().credits, Some(Credits::new(12.0)));
    assert_eq!(sandbox.requests("generate-music").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_refused_can_be_repeated_on_the_other_route() {
    let sandbox = instant();
    sandbox.faults(|request| (request.path == "/api/v1/generate").then_some(Fault::refuse(402)));
    let client = client_of(&sandbox).ledger(MemoryLedger::new()).build().unwrap();
    let refused = client.start(song()).named("order 8").await.unwrap_err();
    assert_eq!(refused.charged(), Charged::No);
    let task = client.start(song()).named("order 8").route(Route::Market).await.unwrap();
    // The receipt has the route of the call that was accepted, so the task is found after a restart.
    let receipt = client.receipt("order 8").await.unwrap().unwrap();
    assert_eq!((receipt.route, receipt.task_id.as_deref()), (Route::Market, Some(task.id().as_str())));
    let resumed = client.resume::<Music>(receipt.id).await.unwrap();
    assert_eq!((resumed.route(), resumed.wait().await.unwrap().len()), (Route::Market, 2));
}

#[tokio::test(start_paused = true)]
async fn a_route_that_cannot_carry_a_request_is_named_before_anything_is_sent() {
    let sandbox = instant();
    let client = market(&sandbox);
    let clips = ["https://cdn.example.net/a.mp3", "https://cdn.example.net/b.mp3"];
    let Err(Error::Invalid(invalid)) = client.start(GenerateMashup::simple(Model::V6, clips, "both")).await else {
        panic!("the market route has no simple mode of mashups")
    };
    assert!(matches!(invalid.violations()[0].rule, Rule::Fixed { route: Route::Market, value: true, .. }), "{invalid}");
    let own_words = song().lyrics("[Verse]\nOther words");
    let Err(Error::Invalid(invalid)) = client.start(own_words.clone()).route(Route::Classic).await else {
        panic!("the classic route has no field for lyrics")
    };
    assert_eq!(invalid.violations()[0].field, "lyrics");
    assert!(invalid.to_string().contains("classic"), "{invalid}");
    assert!(sandbox.requests("generate-music").is_empty() && sandbox.requests("generate-mashup").is_empty());
    client.start(own_words).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn no_callback_address_is_sent_unless_one_is_set() {
    let sandbox = instant();
    market(&sandbox).start(song()).await.unwrap();
    let address = "https://callback.invalid/kie";
    client_of(&sandbox).route(Route::Market).call_back_url(address).build().unwrap().start(song()).await.unwrap();
    let bodies: Vec<_> = sandbox.requests("generate-music").into_iter().map(|request| request.body).collect();
    assert_eq!(bodies[0].get("callBackUrl"), None);
    assert_eq!((&bodies[1]["callBackUrl"], bodies[1]["input"].get("callBackUrl")), (&address.into(), None));
}

#[tokio::test(start_paused = true)]
async fn a_paid_result_is_read_in_spite_of_damage_to_its_record() {
    for fault in [Fault::BrokenEcho, Fault::DamagedResult] {
        let sandbox = instant();
        let damage = fault.clone();
        sandbox.faults(move |request| request.path.contains("recordInfo").then(|| damage.clone()));
        let task = market(&sandbox).start(song()).await.unwrap();
        assert_eq!(task.wait().await.unwrap().len(), 2, "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_accepted_call_without_an_id_is_never_sent_again() {
    let sandbox = instant();
    sandbox.faults(|request| request.path.contains("createTask").then_some(Fault::NoTaskId));
    let lost = market(&sandbox).start(song()).await.unwrap_err();
    assert!(matches!(lost, Error::OutcomeUnknown(_)), "{lost:?}");
    assert_eq!(sandbox.requests("generate-music").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_path_that_is_gone_names_the_other_route() {
    let sandbox = instant();
    sandbox.faults(|request| (request.path == "/api/v1/generate").then_some(Fault::ErrorPage { http_status: 404 }));
    let client = client_of(&sandbox).build().unwrap();
    let Error::Api(gone) = client.start(song()).await.unwrap_err() else { panic!("the path is gone") };
    assert_eq!(gone.other_route(), Some(Route::Market));
    assert!(
        gone.to_string().ends_with(
            "the path is gone on the classic route: if nothing was charged, make the call on the market route"
        )
    );
    client.start(song()).route(Route::Market).await.unwrap();
    // An unknown task has an envelope, so its path is not gone.
    let unknown = client.task::<Music>("0123456789abcdef0123456789abcdef");
    assert_eq!(unknown.fetch().await.unwrap(), None);
    assert_eq!(unknown.on(Route::Market).fetch().await.unwrap(), None);
}

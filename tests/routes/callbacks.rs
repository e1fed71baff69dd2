//! Callbacks of tasks on the market route, in both forms that the documentation describes.

use std::sync::Arc;

use kie_ledger::MemoryLedger;
use kie_sandbox::{MarketCallbacks, Sandbox, Speed};
use kie_suno::{
    Client, Route,
    callbacks::{AnyCallback, Receiver, WebhookKey},
    records::{Midi, Outcome},
    requests::{GenerateMidi, GenerateMusic, Model},
};

use super::notes::stems;
use crate::setup::stack::{UNREACHABLE, client_of, connect};

const SECRET: &str = "a secret of the account";

/// Returns a sandbox that sends callbacks of this form to the receiver, and a client with the receiver and a ledger.
fn called_back(callbacks: MarketCallbacks) -> (Receiver, Client) {
    let receiver = Receiver::new(WebhookKey::new(SECRET));
    let to = receiver.clone();
    let sandbox = Sandbox::builder()
        .speed(Speed::Live)
        .webhook_key(SECRET)
        .market_callbacks(callbacks)
        .receiver(move || connect(&to))
        .build();
    let ledger = Arc::new(MemoryLedger::new());
    let client = client_of(&sandbox).route(Route::Market).ledger(ledger).callbacks(UNREACHABLE, &receiver).build();
    (receiver, client.unwrap())
}

#[tokio::test(start_paused = true)]
async fn a_callback_of_either_form_is_verified_and_read() {
    for form in [MarketCallbacks::Record, MarketCallbacks::Classic] {
        let (receiver, client) = called_back(form);
        let mut deliveries = receiver.deliveries();
        let task = client.start(GenerateMusic::simple(Model::V6, "a slow waltz")).await.unwrap();
        task.wait().await.unwrap();
        let last = loop {
            let delivery = deliveries.next().await.unwrap().unwrap();
            assert_eq!(delivery.task_id, task.id().as_str(), "{form:?}");
            let callback = delivery.parse_unverified().unwrap();
            let AnyCallback::Music(_) = &callback else { panic!("{form:?}: {callback:?}") };
            let report = callback.report().unwrap();
            if report.outcome == Outcome::Success {
                break report;
            }
        };
        assert_eq!(last.items.len(), 2, "{form:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn notes_that_come_only_by_callback_are_kept() {
    let (_receiver, client) = called_back(MarketCallbacks::Record);
    let midi = client.start(GenerateMidi::new(stems(&client).await)).await.unwrap();
    let notes = midi.wait().await.unwrap();
    assert!(notes.instruments.iter().any(|instrument| !instrument.notes.is_empty()));
    // A later look at the task still has the notes.
    let later = client.task::<Midi>(midi.id().clone()).fetch().await.unwrap().unwrap();
    assert_eq!(later.midi_data, Some(notes));
}

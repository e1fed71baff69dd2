//! Notes of MIDI tasks on the market route. Only the callback of a task has them, so the receiver keeps its body in a
//! ledger, and the client looks for it there.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use http::{HeaderMap, StatusCode};
use kie_ledger::{MemoryLedger, SqliteLedger};
use kie_sandbox::{Sandbox, Speed};
use kie_suno::{
    Client, ClientBuilder, Polling, Route, Task, TaskId,
    callbacks::{Receiver, WebhookKey},
    receipts::Ledger,
    records::{Midi, VocalSeparation},
    requests::{GenerateMidi, GenerateMusic, Model, SeparateVocals},
    types::signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER},
};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::setup::stack::{UNREACHABLE, client_of};

const NOW: u64 = 1_790_500_100;
const SLUG: &str = "ai-music-api/generate-midi-from-audio";

fn key() -> WebhookKey {
    WebhookKey::new("a secret of the account")
}

/// Returns a receiver whose clock always shows [`NOW`].
fn receiver() -> Receiver {
    Receiver::new(key()).clock(|| SystemTime::UNIX_EPOCH + Duration::from_secs(NOW))
}

/// Returns the settings of a client on the market route, whose callbacks the sandbox records and does not send.
fn market(sandbox: &Sandbox) -> ClientBuilder {
    client_of(sandbox).route(Route::Market).call_back_url(UNREACHABLE)
}

/// Makes a song, separates it, and returns the task with the stems.
pub(super) async fn stems(client: &Client) -> TaskId<VocalSeparation> {
    let song = client.start(GenerateMusic::simple(Model::V6, "a slow waltz")).await.unwrap();
    let track = song.wait().await.unwrap()[0].id.clone().unwrap();
    let stems = client.start(SeparateVocals::of_track(song.id().clone(), track)).await.unwrap();
    stems.wait().await.unwrap();
    stems.id().clone()
}

async fn midi(client: &Client) -> Task<Midi> {
    client.start(GenerateMidi::new(stems(client).await)).await.unwrap()
}

/// Sends a callback about this task to the receiver. Its signature has the time `time`, in seconds since 1970.
async fn call_back(receiver: &Receiver, task: &Task<Midi>, time: u64, body: &Value) {
    let mut headers = HeaderMap::new();
    let time = time.to_string();
    headers.insert(SIGNATURE_HEADER, key().sign(task.id().as_str(), &time).parse().unwrap());
    headers.insert(TIMESTAMP_HEADER, time.parse().unwrap());
    assert_eq!(receiver.receive(None, &headers, body.to_string().as_bytes()).await, StatusCode::OK);
}

/// Returns the body of a classic callback with one instrument, which has this name.
fn classic(task: &Task<Midi>, instrument: &str) -> Value {
    let data = json!({ "taskId": task.id().as_str(), "state": "complete", "instruments": instruments(instrument) });
    json!({ "code": 200, "msg": "success", "data": data })
}

fn instruments(name: &str) -> Value {
    json!([{ "name": name, "notes": [{ "pitch": 38, "start": "0.5", "end": 1, "velocity": 0.8 }] }])
}

/// Returns the names of the instruments in the record of the task, as this client reads it.
async fn names(client: &Client, task: &Task<Midi>) -> Vec<String> {
    let record = client.task::<Midi>(task.id().clone()).fetch().await.unwrap().unwrap();
    record.midi_data.unwrap_or_default().instruments.into_iter().filter_map(|it| it.name).collect()
}

#[tokio::test(start_paused = true)]
async fn notes_are_found_in_every_form_of_the_callback() {
    let sandbox = Sandbox::builder().speed(Speed::Instant).build();
    let (receiver, ledger) = (receiver(), Arc::new(MemoryLedger::new()));
    let client = market(&sandbox).ledger(ledger).callbacks(UNREACHABLE, &receiver).build().unwrap();
    let stems = stems(&client).await;
    let notes = json!({ "state": "complete", "instruments": instruments("Drums") });
    let text = |value: &Value| json!({ "resultJson": value.to_string() });
    let forms = [
        ("C1", classic as fn(&Task<Midi>, &str) -> Value, Value::Null),
        (
            "C1, id at the top",
            |task, name| {
                let data = json!({ "state": "complete", "instruments": instruments(name) });
                json!({ "code": 200, "msg": "success", "taskId": task.id().as_str(), "data": data })
            },
            Value::Null,
        ),
        (
            "C2, beside the result",
            record,
            json!({ "resultJson": "{\"id\":\"r\"}", "instruments": instruments("Drums") }),
        ),
        ("C2, result", record, text(&notes)),
        ("C2, resultObject", record, text(&json!({ "resultObject": notes }))),
        ("C2, list in resultObject", record, text(&json!({ "resultObject": { "data": [notes] } }))),
        ("C2, result as an object", record, json!({ "resultJson": notes })),
        ("C2, response", record, json!({ "resultJson": "", "response": { "midiData": notes } })),
        ("bare record", |task, _| record(task, "")["data"].clone(), text(&notes)),
        (
            "C3",
            |task, name| json!({ "taskId": task.id().as_str(), "data": { "instruments": instruments(name) } }),
            Value::Null,
        ),
    ];
    for (form, body, fields) in forms {
        let task = client.start(GenerateMidi::new(stems.clone())).await.unwrap();
        assert!(names(&client, &task).await.is_empty(), "{form}: the record itself has no notes");
        let mut body = body(&task, "Drums");
        let place = if form == "bare record" { &mut body } else { &mut body["data"] };
        for (name, value) in fields.as_object().into_iter().flatten() {
            place[name] = value.clone();
        }
        call_back(&receiver, &task, NOW, &body).await;
        assert_eq!(names(&client, &task).await, ["Drums"], "{form}: {body}");
    }
}

/// Returns the body of a callback with a record, without a result.
fn record(task: &Task<Midi>, _: &str) -> Value {
    let data = json!({ "taskId": task.id().as_str(), "model": SLUG, "state": "success", "creditsConsumed": 0 });
    json!({ "code": 200, "msg": "Playground task completed successfully.", "data": data })
}

async fn genuine_notes_are_kept<L: Ledger>(ledger: Arc<L>) {
    let sandbox = Sandbox::builder().speed(Speed::Instant).build();
    let client = market(&sandbox).ledger(Arc::clone(&ledger)).build().unwrap();
    let stems = stems(&client).await;
    let fresh = || receiver().ledger(Arc::clone(&ledger));
    let start = || async { client.start(GenerateMidi::new(stems.clone())).await.unwrap() };

    // The clock of the receiver is 10 minutes off, in either direction.
    for time in [NOW - 600, NOW + 600] {
        let (receiver, task) = (fresh(), start().await);
        call_back(&receiver, &task, time, &classic(&task, "Drums")).await;
        assert_eq!(names(&client, &task).await, ["Drums"], "stale");
    }
    // The receiver gets the callback before it has a ledger, and then once more.
    let (without, task) = (receiver(), start().await);
    call_back(&without, &task, NOW, &classic(&task, "Drums")).await;
    assert!(names(&client, &task).await.is_empty());
    market(&sandbox).ledger(Arc::clone(&ledger)).callbacks(UNREACHABLE, &without).build().unwrap();
    call_back(&without, &task, NOW, &classic(&task, "Drums")).await;
    assert_eq!(names(&client, &task).await, ["Drums"], "repeated");
    // These bodies use up the signature before the notes come. None of them hides the notes.
    let (receiver, task) = (fresh(), start().await);
    let mut empty = classic(&task, "");
    empty["data"]["instruments"] = json!([]);
    for number in 0..9 {
        empty["msg"] = json!(number);
        call_back(&receiver, &task, NOW, &empty).await;
    }
    assert!(names(&client, &task).await.is_empty());
    call_back(&receiver, &task, NOW, &classic(&task, "Drums")).await;
    assert_eq!(names(&client, &task).await, ["Drums"], "used up");
    // The first notes stay: a person who knows one signature can send other notes later.
    for (receiver, time) in [(receiver, NOW), (fresh(), NOW + 1), (fresh(), NOW - 600)] {
        for name in ["Bells", "Aaa"] {
            call_back(&receiver, &task, time, &classic(&task, name)).await;
            call_back(&receiver, &task, time, &empty).await;
        }
    }
    assert_eq!(names(&client, &task).await, ["Drums"]);
}

#[tokio::test(start_paused = true)]
async fn genuine_notes_are_kept_however_late_they_come() {
    genuine_notes_are_kept(Arc::new(MemoryLedger::new())).await;
}

#[tokio::test]
async fn genuine_notes_are_kept_in_a_file_too() {
    let folder = tempfile::tempdir().unwrap();
    genuine_notes_are_kept(Arc::new(SqliteLedger::open(folder.path().join("kie.db")).await.unwrap())).await;
}

#[tokio::test(start_paused = true)]
async fn forged_notes_are_not_kept() {
    let sandbox = Sandbox::builder().speed(Speed::Instant).build();
    let (receiver, ledger) = (receiver(), Arc::new(MemoryLedger::new()));
    let client = market(&sandbox).ledger(ledger).callbacks(UNREACHABLE, &receiver).build().unwrap();
    let task = midi(&client).await;
    let (time, mut headers) = (NOW.to_string(), HeaderMap::new());
    headers.insert(SIGNATURE_HEADER, key().sign("another task", &time).parse().unwrap());
    headers.insert(TIMESTAMP_HEADER, time.parse().unwrap());
    let body = classic(&task, "Drums").to_string();
    assert_eq!(receiver.receive(None, &headers, body.as_bytes()).await, StatusCode::UNAUTHORIZED);
    assert!(names(&client, &task).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_client_looks_in_the_ledger_of_its_receiver() {
    let sandbox = Sandbox::builder().speed(Speed::Instant).build();
    let with_own = receiver().ledger(MemoryLedger::new());
    let shared = receiver();
    let of_client = || market(&sandbox).ledger(MemoryLedger::new());
    let clients = [
        ("the receiver has a ledger of its own", of_client().callbacks(UNREACHABLE, &with_own), &with_own),
        ("only the receiver has a ledger", market(&sandbox).callbacks(UNREACHABLE, &with_own), &with_own),
        ("the receiver gets a ledger later", market(&sandbox).callbacks(UNREACHABLE, &shared), &shared),
    ];
    for (case, client, receiver) in clients {
        let client = client.build().unwrap();
        of_client().callbacks(UNREACHABLE, receiver).build().unwrap();
        let task = midi(&client).await;
        call_back(receiver, &task, NOW, &classic(&task, "Drums")).await;
        assert_eq!(names(&client, &task).await, ["Drums"], "{case}");
        assert_eq!(task.wait().await.unwrap().instruments.len(), 1, "{case}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_ends_with_notes_that_come_after_the_end_of_the_task() {
    let sandbox = Sandbox::builder().speed(Speed::Instant).build();
    let ledger = Arc::new(MemoryLedger::new());
    // The receiver runs in another program, which has the same ledger.
    let elsewhere = receiver().ledger(Arc::clone(&ledger));
    let client = market(&sandbox).ledger(ledger).build().unwrap();
    let task = midi(&client).await;
    let (notes, ()) = tokio::join!(task.wait(), async {
        sleep(Duration::from_secs(60)).await;
        call_back(&elsewhere, &task, NOW, &classic(&task, "Drums")).await;
    });
    assert_eq!(notes.unwrap().instruments.len(), 1);

    // A callback that was received before the wait, without a ledger, wakes the wait when it comes again.
    let receiver = receiver();
    let market = || market(&sandbox).callbacks(UNREACHABLE, &receiver).polling(Polling::sweep());
    let client = market().build().unwrap();
    let task = midi(&client).await;
    call_back(&receiver, &task, NOW, &classic(&task, "Drums")).await;
    let client = market().ledger(MemoryLedger::new()).build().unwrap();
    let (task, begun) = (client.task::<Midi>(task.id().clone()), Instant::now());
    let (notes, ()) = tokio::join!(task.wait(), async {
        sleep(Duration::from_secs(10)).await;
        call_back(&receiver, &task, NOW, &classic(&task, "Drums")).await;
    });
    assert_eq!(notes.unwrap().instruments.len(), 1);
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_wait_for_notes_that_nobody_can_keep_ends_at_once() {
    let sandbox = Sandbox::builder().speed(Speed::Instant).build();
    let without_ledger = market(&sandbox).callbacks(UNREACHABLE, &receiver()).build().unwrap();
    let without_address = client_of(&sandbox).route(Route::Market).ledger(MemoryLedger::new()).build().unwrap();
    for client in [without_ledger, without_address] {
        let (task, begun) = (midi(&client).await, Instant::now());
        let error = task.wait().await.unwrap_err().to_string();
        assert!(error.contains("only in its callback"), "{error}");
        assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    }
}

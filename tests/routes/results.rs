//! Operations that respond with their result on the classic route, and whose result a task makes on the market route.

use std::{sync::Arc, time::Duration};

use kie_ledger::{MemoryLedger, ReceiptState};
use kie_sandbox::{Fault, Sandbox, Speed, TaskScript};
use kie_suno::{
    Client, Credits, Error, HttpService, Route,
    files::SaveOutcome,
    receipts::Receipt,
    records::{Outcome, ResultOf},
    requests::{
        BoostMusicStyle, GenerateLyrics, GenerateMusic, GeneratePersona, GetTimestampedLyrics, Model,
        SunoVoiceCheckVoice, SunoVoiceGenerate, SunoVoiceValidate,
    },
    transport::{Body, HttpFuture, Pipe, http},
};
use kie_types::{Endpoint as _, MarketAnswer, MarketRecord, envelope::ReadError};
use serde_json::json;
use tempfile::tempdir;
use tokio::time::timeout;

use crate::setup::{listener::Listener, stack::client_of};

const STYLE: &str = "boost-music-style";
const DROPPED: &str = "a call was dropped while its task was running";

fn boost() -> BoostMusicStyle {
    BoostMusicStyle::new("dusty soul")
}

/// Returns a sandbox whose market route starts tasks for all operations.
fn deferring(speed: Speed) -> Sandbox {
    Sandbox::builder().speed(speed).market_inline(false).build()
}

fn with_ledger(sandbox: &Sandbox) -> Client {
    client_of(sandbox).route(Route::Market).ledger(Arc::new(MemoryLedger::new())).build().unwrap()
}

async fn receipt(client: &Client) -> Receipt {
    client.receipt("style").await.unwrap().unwrap()
}

/// Makes a call and drops it while its task runs.
async fn drop_in_the_wait(client: &Client) {
    timeout(Duration::from_secs(4), client.call(boost()).named("style")).await.unwrap_err();
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_dropped_in_its_wait_has_a_task_like_any_other() {
    let sandbox = deferring(Speed::Live);
    let client = with_ledger(&sandbox);
    drop_in_the_wait(&client).await;
    let [running] = &client.unfinished().await.unwrap()[..] else { panic!("it is not listed") };
    let id = sandbox.tasks()[0].id.clone();
    assert_eq!((running.state, running.task_id.as_deref()), (ReceiptState::Running, Some(&*id)));

    let folder = tempdir().unwrap();
    let early = client.save_all(folder.path()).await.unwrap();
    assert!(matches!(early[0].outcome, SaveOutcome::Running), "{early:?}");
    let task = client.task_of(running).unwrap();
    assert_eq!((task.kind(), task.route(), task.receipt()), (STYLE, Route::Market, Some(running.id)));
    let report = task.wait().await.unwrap();
    assert_eq!((report.outcome, report.credits), (Outcome::Success, Some(Credits::new(0.4))));
    let text = report.items[0].text.clone().unwrap();
    assert!(text.contains("\"result\": \"") && text.contains("dusty soul"), "{text}");

    let saved = client.save_all(folder.path()).await.unwrap();
    let SaveOutcome::Saved(files) = &saved[0].outcome else { panic!("{saved:?}") };
    let name = format!("{STYLE}-{}.json", &id[..8]);
    assert_eq!(files[0].path, folder.path().join(name));
    assert_eq!(std::fs::read_to_string(&files[0].path).unwrap(), text);
    let receipt = receipt(&client).await;
    assert_eq!((receipt.state, receipt.files.len()), (ReceiptState::Saved, 1));
    assert_eq!(sandbox.requests(STYLE).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_cost_is_written_by_a_save_alone() {
    let sandbox = deferring(Speed::Instant);
    let client = with_ledger(&sandbox);
    let song = client.start(GenerateMusic::simple(Model::V6, "a slow waltz")).named("style").await.unwrap();
    assert_eq!(receipt(&client).await.credits, None);
    client.save_all(tempdir().unwrap().path()).await.unwrap();
    let saved = receipt(&client).await;
    assert_eq!((saved.credits, saved.task_id.as_deref()), (Some(Credits::new(12.0)), Some(song.id().as_str())));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_got_the_result_of_its_task_has_a_finished_receipt() {
    let sandbox = deferring(Speed::Live);
    let client = with_ledger(&sandbox);
    let first = client.call(boost()).named("style").await.unwrap();
    let saved = receipt(&client).await;
    let task_id = saved.task_id.as_deref();
    assert_eq!((saved.state, task_id), (ReceiptState::Saved, Some(&*sandbox.tasks()[0].id)));
    assert_eq!((saved.credits, saved.files.len()), (Some(Credits::new(0.4)), 0));
    assert!(client.unfinished().await.unwrap().is_empty());
    // The response is read on the route of the receipt, whatever the route of the repeated call is.
    for route in Route::ALL {
        let again = client.call(boost()).named("style").route(route).await.unwrap();
        assert_eq!((again.result.is_some(), &again.result), (true, &first.result), "{route}");
    }
    // The same task with its types.
    let typed = client.resume::<ResultOf<BoostMusicStyle>>(saved.id).await.unwrap();
    assert_eq!(typed.wait().await.unwrap().response().unwrap().result, first.result);
    assert_eq!(sandbox.requests(STYLE).len(), 1);
    assert_eq!((Credits::new(1_000.0) - sandbox.balance()).get(), 0.4);
}

#[tokio::test(start_paused = true)]
async fn a_result_in_the_response_is_returned_again_on_either_route() {
    for (first, other) in [(Route::Classic, Route::Market), (Route::Market, Route::Classic)] {
        let sandbox = Sandbox::builder().speed(Speed::Instant).build();
        let client = with_ledger(&sandbox);
        let call = |route| client.call(boost()).named("style").route(route);
        let result = call(first).await.unwrap().result;
        assert_eq!((result.is_some(), call(other).await.unwrap().result), (true, result));
        let receipt = receipt(&client).await;
        assert_eq!((receipt.state, receipt.task_id, receipt.route), (ReceiptState::Saved, None, first));
        assert_eq!(sandbox.requests(STYLE).len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_repeated_call_waits_for_the_task_of_the_first() {
    for route in Route::ALL {
        let sandbox = deferring(Speed::Live);
        let client = with_ledger(&sandbox);
        drop_in_the_wait(&client).await;
        let again = client.call(boost()).named("style").route(route).await.unwrap();
        assert!(again.result.is_some(), "{route}");
        assert_eq!(receipt(&client).await.state, ReceiptState::Saved);
        assert_eq!(sandbox.requests(STYLE).len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_task_fails_has_a_failed_receipt() {
    let sandbox = deferring(Speed::Live);
    sandbox.script_task(TaskScript::Fails {
        status: "fail".into(),
        code: 400,
        message: "bad words".into(),
        after: None,
    });
    let client = with_ledger(&sandbox);
    for route in [Route::Market, Route::Classic, Route::Market] {
        let error = client.call(boost()).named("style").route(route).await.unwrap_err();
        let id = sandbox.tasks()[0].id.clone();
        let receipt = receipt(&client).await;
        assert!(matches!(error, Error::Failed(_)), "{error:?}");
        assert_eq!((error.task_id(), error.receipt()), (Some(&*id), Some(receipt.id)));
        assert_eq!(receipt.state, ReceiptState::Failed);
        assert!(receipt.reason.is_some_and(|reason| reason.contains("bad words")));
    }
    assert!(client.unfinished().await.unwrap().is_empty());
    assert_eq!(sandbox.requests(STYLE).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_written_by_a_save_too() {
    let sandbox = deferring(Speed::Live);
    sandbox.script_task(TaskScript::Fails {
        status: "fail".into(),
        code: 500,
        message: "upstream".into(),
        after: None,
    });
    let client = with_ledger(&sandbox);
    drop_in_the_wait(&client).await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    let saved = client.save_all(tempdir().unwrap().path()).await.unwrap();
    assert!(
        matches!(&saved[0].outcome, SaveOutcome::Failed { reason, .. } if reason.contains("upstream")),
        "{saved:?}"
    );
    assert_eq!(receipt(&client).await.state, ReceiptState::Failed);
}

/// The sandbox, with other results in the records of its finished tasks.
struct OtherResults {
    sandbox: Box<dyn HttpService>,
    result: &'static str,
}

impl HttpService for OtherResults {
    fn call(&self, request: http::Request<Body>) -> HttpFuture<'_> {
        let query = request.uri().query().unwrap_or_default().to_owned();
        match query.strip_prefix("taskId=") {
            Some(id) if request.uri().path().ends_with("recordInfo") => {
                let record = json!({ "taskId": id, "state": "success", "resultJson": self.result });
                let body = json!({ "code": 200, "msg": "success", "data": record }).to_string();
                Box::pin(async move { Ok(http::Response::new(Body::from(body))) })
            }
            _ => self.sandbox.call(request),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_result_in_an_unknown_form_is_an_error_with_the_id_and_the_text() {
    for result in ["{\"stones\":\"heavy\"}", "{\"result\":{\"heavy\":1}}", "\"heavy\""] {
        let sandbox = deferring(Speed::Instant);
        let account = sandbox.clone();
        let http = OtherResults { sandbox: Box::new(Pipe::new(move || account.connect())), result };
        let ledger = Arc::new(MemoryLedger::new());
        let client = client_of(&sandbox).http(http).route(Route::Market).ledger(ledger).build().unwrap();
        let is_kept = |error: &Error| {
            let Error::Decode(decode) = error else { panic!("{result}: {error:?}") };
            let id = error.task_id().unwrap();
            assert!(decode.response().body().contains("heavy") && decode.response().body().contains(id), "{result}");
            assert!(error.to_string().contains("form that this version does not know"), "{error}");
        };
        is_kept(&client.call(boost()).named("style").await.unwrap_err());
        let receipt = receipt(&client).await;
        assert_eq!(receipt.state, ReceiptState::Running);
        is_kept(&client.task_of(&receipt).unwrap().report().await.unwrap_err());
        let saved = client.save_all(tempdir().unwrap().path()).await.unwrap();
        let SaveOutcome::Error(error) = &saved[0].outcome else { panic!("{saved:?}") };
        is_kept(error);
    }
}

#[test]
fn an_answer_in_an_unknown_form_is_no_empty_result() {
    let body = br#"{"code":200,"msg":"success","data":{"words":["stones"]}}"#;
    let lyrics = GetTimestampedLyrics::read_market(200, body);
    let voice = SunoVoiceCheckVoice::read_market(200, body);
    assert!(matches!(&lyrics, Err(ReadError::Unreadable(kept)) if kept.body().contains("stones")), "{lyrics:?}");
    assert!(matches!(&voice, Err(ReadError::Unreadable(kept)) if kept.body().contains("stones")), "{voice:?}");
    let body = br#"{"code":200,"msg":"success","data":{"alignedWords":[["stones"]]}}"#;
    assert!(matches!(GetTimestampedLyrics::read_market(200, body), Err(ReadError::Unreadable(_))));
    let record = |result: &str| {
        let body = json!({ "code": 200, "data": { "state": "success", "resultJson": result } }).to_string();
        MarketRecord::read(200, body.as_bytes()).unwrap().unwrap()
    };
    for result in ["{\"alignedWords\":\"stones\"}", "{\"alignedWords\":[[\"stones\"]]}", "{\"hootCer\":0.5}"] {
        assert!(GetTimestampedLyrics::of_market(&record(result)).is_none(), "{result}");
    }
    assert!(SunoVoiceCheckVoice::of_market(&record("{\"isAvailable\":\"stones\"}")).is_none());
    // A track without singing has no words.
    let silent = GetTimestampedLyrics::of_market(&record("{\"alignedWords\":[],\"hootCer\":0.5}"));
    assert_eq!(silent.map(|lyrics| lyrics.aligned_words.len()), Some(0));
}

#[tokio::test(start_paused = true)]
async fn a_task_that_a_refusal_of_the_classic_route_named_is_no_empty_result() {
    let sandbox = Sandbox::builder().speed(Speed::Instant).build();
    sandbox.fault(STYLE, Fault::RefuseStarted { code: 500, msg: "half done".into() });
    let client = with_ledger(&sandbox);
    let call = |route| client.call(boost()).named("style").route(route);
    let refused = call(Route::Classic).await.unwrap_err();
    let receipt = receipt(&client).await;
    assert_eq!((refused.task_id().is_some(), receipt.task_id.as_deref()), (true, refused.task_id()));
    assert!(client.task_of(&receipt).is_none(), "the classic route has no lookup for it");
    for route in Route::ALL {
        let lost = call(route).await.unwrap_err();
        assert!(matches!(lost, Error::OutcomeUnknown(_)), "{route}: {lost:?}");
        assert_eq!(lost.receipt(), Some(receipt.id));
    }
    assert_eq!(sandbox.requests(STYLE).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn without_a_receipt_the_id_of_a_dropped_wait_is_logged() {
    let listener = Listener::default();
    let listening = listener.listen();
    let sandbox = deferring(Speed::Live);
    let client = client_of(&sandbox).route(Route::Market).build().unwrap();
    let waited = client.call(boost()).await.unwrap();
    assert!(waited.result.is_some() && listener.events(DROPPED).is_empty());
    timeout(Duration::from_secs(4), client.call(boost())).await.unwrap_err();
    // A call that only reads has no receipt, also with a ledger.
    let phrase = client.start(SunoVoiceValidate::new("https://cdn.example.net/clip.mp3", 4, 19)).await.unwrap();
    phrase.wait().await.unwrap();
    let voice = SunoVoiceGenerate::new(phrase.id().clone(), "https://cdn.example.net/clip.mp3");
    let voice = client.start(voice).await.unwrap();
    voice.wait().await.unwrap();
    let check = with_ledger(&sandbox).call(SunoVoiceCheckVoice::new(voice.id().clone()));
    timeout(Duration::from_secs(4), check).await.unwrap_err();
    drop(listening);
    let logged: Vec<_> = listener.events(DROPPED).iter().map(|event| event["task_id"].clone()).collect();
    let tasks = sandbox.tasks();
    assert_eq!(logged, [tasks[1].id.clone(), tasks[4].id.clone()]);
    // The span of the call has the id too.
    assert_eq!(listener.calls(STYLE)[1]["task_id"], tasks[1].id);
}

#[tokio::test(start_paused = true)]
async fn every_operation_has_a_task_that_is_found_by_its_name() {
    let sandbox = deferring(Speed::Instant);
    let client = with_ledger(&sandbox);
    let song = client.start(GenerateMusic::simple(Model::V6, "a slow waltz")).await.unwrap();
    let track = song.wait().await.unwrap()[0].id.clone().unwrap();
    client.call(GeneratePersona::new(song.id().clone(), track.clone(), "Singer", "warm")).await.unwrap();
    client.call(GetTimestampedLyrics::new(song.id().clone(), track)).await.unwrap();
    client.call(boost()).await.unwrap();
    let tasks = sandbox.tasks();
    let names = ["generate-persona", "get-timestamped-lyrics", STYLE];
    for ((name, key), task) in names.into_iter().zip(["personaId", "alignedWords", "result"]).zip(&tasks[1..]) {
        let task = client.any_task(name, task.id.as_str()).unwrap();
        let report = task.wait().await.unwrap();
        assert!(report.items[0].text.as_ref().is_some_and(|text| text.contains(key)), "{report:?}");
        assert_eq!(client.any_task(task.kind(), "abc").map(|task| task.kind()), Some(name));
    }
    for known in ["generate-music", "get-music-details", "get-account-credits", "upload-file-url"] {
        assert_eq!(client.any_task(known, "abc").is_some(), known == "generate-music", "{known}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_is_looked_up_on_the_route_of_its_operation_and_the_error_names_it() {
    let sandbox = deferring(Speed::Instant);
    let client = client_of(&sandbox).route_for::<BoostMusicStyle>(Route::Market).build().unwrap();
    client.call(boost()).await.unwrap();
    let id = sandbox.tasks()[0].id.clone();
    let found = client.any_task(STYLE, id).unwrap();
    assert_eq!((found.route(), found.report().await.unwrap().outcome), (Route::Market, Outcome::Success));
    assert!(client.any_task("generate-persona", "abc").is_none(), "the classic route starts no such task");

    let client = client_of(&sandbox).route(Route::Market).route_for::<GenerateLyrics>(Route::Classic).build().unwrap();
    let route = |kind: &str| client.any_task(kind, "abc").map(|task| task.route());
    assert_eq!(route("generate-lyrics"), Some(Route::Classic));
    assert_eq!((route("lyrics"), route("generate-music")), (Some(Route::Market), Some(Route::Market)));
    for (kind, route, other) in [("generate-lyrics", "classic", "market"), ("generate-music", "market", "classic")] {
        let told = client.any_task(kind, "0123456789abcdef").unwrap().wait().await.unwrap_err().to_string();
        assert!(told.contains(&format!("has this id on the {route} route; if the {other} route made")), "{told}");
        assert!(told.contains("not documented"), "{told}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lookup_that_is_switched_off_leaves_the_task_open() {
    let sandbox = deferring(Speed::Live);
    sandbox.faults(|request| request.path.contains("recordInfo").then(|| Fault::refuse(505)));
    let client = with_ledger(&sandbox);
    let error = client.call(boost()).named("style").await.unwrap_err();
    assert!(matches!(error, Error::Api(_)) && error.task_id().is_some(), "{error:?}");
    assert_eq!(receipt(&client).await.state, ReceiptState::Running);
    sandbox.faults(|_| None);
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert!(client.call(boost()).named("style").await.unwrap().result.is_some());
}

#[test]
fn an_answer_with_neither_a_result_nor_an_id_is_no_result() {
    for data in ["{}", "null", r#"{"taskId":""}"#] {
        let body = format!(r#"{{"code":200,"msg":"success","data":{data}}}"#);
        let read = GetTimestampedLyrics::read_market(200, body.as_bytes());
        assert!(matches!(read, Err(ReadError::Unreadable(_))), "{data}: {read:?}");
    }
    // A track without singing has no words.
    let body = br#"{"code":200,"msg":"success","data":{"alignedWords":[],"hootCer":0.5}}"#;
    assert!(matches!(GetTimestampedLyrics::read_market(200, body), Ok(MarketAnswer::Result(_))));
}

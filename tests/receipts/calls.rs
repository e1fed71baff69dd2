//! Tests of a call and its receipt. The receipt is written before the call is sent and is found by its name. After a
//! refusal, the call can be sent again with the same receipt.

use std::time::Duration;

use kie_sandbox::{Fault, Speed, TaskScript};
use kie_suno::{
    Charged, Error, Polling, Stage,
    receipts::{Ledger, ReceiptId, ReceiptKey, ReceiptState},
    records::{Music, MusicVideo},
    requests::{BoostMusicStyle, DownloadUrl, GenerateMusic, Host, Method, Model, NO_CALLBACK},
};
use serde_json::json;
use tempfile::tempdir;

use super::{MUSIC, Setup, moment};
use crate::setup::{canned::Canned, listener::Listener, stack::waltz};

#[tokio::test(start_paused = true)]
async fn a_receipt_follows_a_song_to_its_files() {
    let setup = Setup::new(Speed::Live);
    let folder = tempdir().unwrap();
    let client = setup.client();
    let task = client.start(waltz()).await.unwrap();
    let id = task.receipt().expect("a started task has a receipt");
    let receipt = setup.receipt(ReceiptKey::Id(id)).await;
    assert_eq!((receipt.state, receipt.sends), (ReceiptState::Running, 1));
    assert_eq!(receipt.task_id.as_deref(), Some(task.id().as_str()));
    assert_eq!(receipt.operation, MUSIC);
    assert!(!receipt.request.contains("callBackUrl"), "the request is the caller's request: {}", receipt.request);
    let sent = &setup.sandbox.requests(MUSIC)[0];
    assert_eq!(sent.body["callBackUrl"], format!("https://music.example/kie?shop=7&kie_receipt={id}"));

    let mut events = task.events().polling(Polling::default().max_pause(Duration::from_secs(3)));
    let mut stages = Vec::new();
    while let Some(event) = events.next().await {
        event.unwrap();
        let receipt = setup.receipt(ReceiptKey::Id(id)).await;
        stages.push((receipt.state, receipt.stage));
    }
    assert_eq!(stages.last(), Some(&(ReceiptState::Complete, Some(Stage::Complete))));
    assert!(stages.contains(&(ReceiptState::Running, Some(Stage::Text))), "{stages:?}");

    let tracks = task.wait().await.unwrap();
    let saved = task.save(&tracks, folder.path()).await.unwrap();
    let receipt = setup.receipt(ReceiptKey::Id(id)).await;
    let kept: Vec<_> =
        receipt.items.iter().map(|item| (item.id.clone(), item.title.clone(), item.duration_s)).collect();
    let made: Vec<_> = tracks
        .iter()
        .map(|track| {
            (
                track.id.as_ref().map(ToString::to_string),
                track.title.clone(),
                track.duration.map(kie_suno::types::Seconds::get),
            )
        })
        .collect();
    assert_eq!((kept.len(), kept), (2, made), "the receipt has the tracks");
    let files: Vec<_> = saved.iter().map(|file| file.path.to_str().unwrap().to_owned()).collect();
    assert_eq!((receipt.state, receipt.files), (ReceiptState::Saved, files));
    assert!(client.unfinished().await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_empty_name_is_refused() {
    let setup = Setup::new(Speed::Instant);
    let error = setup.client().start(waltz()).named("").await.unwrap_err();
    assert_eq!((error.charged(), error.to_string()), (Charged::No, "the name of a call must not be empty".into()));
    assert_eq!(setup.calls(MUSIC), 0);
}

#[tokio::test(start_paused = true)]
async fn a_task_that_is_opened_by_its_id_finds_its_receipt() {
    let setup = Setup::new(Speed::Instant);
    let client = setup.client();
    let task = client.start(waltz()).await.unwrap();
    let same = client.task::<Music>(task.id().as_str());
    assert_eq!(same.receipt(), None);
    same.wait().await.unwrap();
    assert_eq!(setup.receipt(ReceiptKey::Id(task.receipt().unwrap())).await.state, ReceiptState::Complete);
    client.task::<Music>("another account's").fetch().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_single_poll_updates_the_receipt() {
    let setup = Setup::new(Speed::Live);
    let client = setup.client();
    let task = client.start(waltz()).await.unwrap();
    let fails = TaskScript::Fails {
        status: "SENSITIVE_WORD_ERROR".into(),
        code: 400,
        message: "bad words".into(),
        after: None,
    };
    setup.sandbox.script_task(fails);
    let doomed = client.start(waltz()).await.unwrap();
    let mut states = Vec::new();
    for _ in 0..60 {
        tokio::time::sleep(Duration::from_secs(5)).await;
        client.task::<Music>(task.id().as_str()).fetch().await.unwrap();
        let receipt = setup.receipt(ReceiptKey::Id(task.receipt().unwrap())).await;
        states.push((receipt.state, receipt.stage));
        doomed.report().await.unwrap();
    }
    states.dedup();
    let (running, complete) = (ReceiptState::Running, ReceiptState::Complete);
    let expected = [(running, Some(Stage::Text)), (running, Some(Stage::First)), (complete, Some(Stage::Complete))];
    assert!(states.ends_with(&expected), "{states:?}");
    let receipt = setup.receipt(ReceiptKey::Id(doomed.receipt().unwrap())).await;
    assert!(receipt.state == ReceiptState::Failed && receipt.reason.unwrap().contains("bad words"));
    assert_eq!(client.unfinished().await.unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn without_a_ledger_the_request_is_unchanged() {
    let (sandbox, client) = crate::setup::stack::instant();
    let task = client.start(waltz()).await.unwrap();
    assert_eq!(task.receipt(), None);
    assert_eq!(sandbox.requests(MUSIC)[0].body["callBackUrl"], NO_CALLBACK);
    for error in [
        client.start(waltz()).named("order").await.unwrap_err(),
        client.unfinished().await.unwrap_err(),
        client.resume::<Music>("0".repeat(32).parse().unwrap()).await.unwrap_err(),
        client.save_all("nowhere").await.unwrap_err(),
    ] {
        assert!(matches!(error, Error::Ledger(_)), "{error:?}");
        assert_eq!(
            error.to_string(),
            "the client has no ledger; names and receipts need one (`ClientBuilder::ledger`)"
        );
        assert_eq!(error.charged(), Charged::No);
    }
    assert_eq!(sandbox.requests(MUSIC).len(), 1);
}

#[tokio::test(start_paused = true)]
async fn two_calls_of_one_name_are_one_call() {
    let setup = Setup::new(Speed::Instant);
    let first = setup.client().start(waltz()).named("order-4711").await.unwrap();
    // The same call is made three more times, each time by a new client, as if by another process: with the typed
    // request, with the request as JSON, and as a raw call.
    let second = setup.client().start(waltz()).named("order-4711").await.unwrap();
    let body = serde_json::to_value(waltz()).unwrap();
    let third = setup.client().start_json::<GenerateMusic>(body.clone()).named("order-4711").await.unwrap();
    let path = "/api/v1/generate";
    let raw = setup.client().raw(Method::Post, Host::Api, path, &body).named("order-4711").await.unwrap();
    assert_eq!([second.id(), third.id()], [first.id(); 2]);
    assert_eq!(raw["taskId"], first.id().as_str());
    assert_eq!(second.receipt(), first.receipt());
    assert_eq!(setup.calls(MUSIC), 1);

    let other = GenerateMusic::simple(Model::V5, "a march");
    let error = setup.client().start(other).named("order-4711").await.unwrap_err();
    let Error::NameTaken(taken) = &error else { panic!("{error:?}") };
    assert_eq!((taken.name(), taken.receipt()), ("order-4711", first.receipt()));
    assert_eq!((error.charged(), error.receipt()), (Charged::No, first.receipt()));
    let style = setup.client().call(BoostMusicStyle::new("Pop")).named("order-4711").await.unwrap_err();
    assert!(matches!(style, Error::NameTaken(_)), "{style:?}");
    assert_eq!(setup.calls(MUSIC) + setup.calls("boost-music-style"), 1);
    assert!(!format!("{error} {error:?}").contains("march"));
}

#[tokio::test(start_paused = true)]
async fn a_response_without_a_task_is_returned_again() {
    let setup = Setup::new(Speed::Instant);
    let boost = || async { setup.client().call(BoostMusicStyle::new("Pop, mysterious")).named("style").await.unwrap() };
    let first = boost().await;
    assert_eq!(serde_json::to_value(boost().await).unwrap(), serde_json::to_value(&first).unwrap());
    assert_eq!(setup.calls("boost-music-style"), 1);
    let receipt = setup.receipt(ReceiptKey::Name("style")).await;
    assert_eq!((receipt.state, receipt.task_id), (ReceiptState::Saved, None), "the call is complete");
    let error = setup.client().resume::<Music>(receipt.id).await.unwrap_err();
    assert!(error.to_string().ends_with("its operation starts no task"), "{error}");

    setup.sandbox.fault("boost-music-style", Fault::DropResponse);
    let lost = setup.client().call(BoostMusicStyle::new("Pop")).await.unwrap_err().receipt().unwrap();
    let error = setup.client().resume::<Music>(lost).await.unwrap_err();
    assert!(error.to_string().ends_with("its operation starts no task"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn calls_that_read_and_calls_that_are_free_have_no_receipt() {
    let setup = Setup::new(Speed::Instant);
    let client = setup.client();
    client.credits().await.unwrap();
    client.call(DownloadUrl::new("https://files.example.net/unknown.mp3")).await.unwrap_err();
    let folder = tempdir().unwrap();
    let file = folder.path().join("hum.wav");
    std::fs::write(&file, b"RIFF").unwrap();
    client.upload(&file).await.unwrap();
    client.upload(&file).base64().await.unwrap();
    let named = client.raw(Method::Get, Host::Api, "/api/v1/chat/credit", &json!({})).named("unused name").await;
    assert!(matches!(named, Err(Error::Ledger(_))), "{named:?}");
    assert_eq!(setup.ledger.find(ReceiptKey::Name("unused name")).await.unwrap(), None);
    assert!(setup.ledger.unfinished(None, usize::MAX).await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_refused_call_is_sent_again_under_its_name() {
    let setup = Setup::new(Speed::Instant);
    let refusal = |code: i64, msg: &str| Fault::Refuse { http_status: 200, code, msg: msg.into() };
    setup.sandbox.fault(MUSIC, refusal(455, "maintenance"));
    let client = setup.client();
    let start = |name: &str| client.start(waltz()).named(name);
    let error = start("order").await.unwrap_err();
    let receipt = setup.receipt(ReceiptKey::Name("order")).await;
    assert_eq!((receipt.state, error.receipt()), (ReceiptState::Refused, Some(receipt.id)));
    assert!(receipt.reason.unwrap().contains("maintenance"));
    // The service first refuses the call twice because of the rate limit, and then accepts it.
    setup.sandbox.fault(MUSIC, refusal(429, "slow down"));
    setup.sandbox.fault(MUSIC, refusal(430, "slow down"));
    let task = start("order").await.unwrap();
    let receipt = setup.receipt(ReceiptKey::Name("order")).await;
    assert_eq!((receipt.sends, receipt.state), (4, ReceiptState::Running));
    assert_eq!((setup.calls(MUSIC), setup.sandbox.tasks().len()), (4, 1));
    assert_eq!(start("order").await.unwrap().id(), task.id());

    // If the service answers with code 500, a failure of the server, it is unknown whether the call was charged.
    setup.sandbox.fault(MUSIC, refusal(500, "Server exception"));
    let error = start("other order").await.unwrap_err();
    assert_eq!(error.receipt(), Some(setup.receipt(ReceiptKey::Name("other order")).await.id));
    let again = start("other order").await.unwrap_err();
    assert!(matches!(again, Error::OutcomeUnknown(_)), "{again:?}");
    assert_eq!(setup.calls(MUSIC), 5);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_names_a_task_leads_to_it() {
    let setup = Setup::new(Speed::Instant);
    let service = Canned::new(200, r#"{"code":429,"msg":"Too many requests","data":{"taskId":"abc"}}"#);
    let client = setup.builder(setup.ledger.clone()).http(service.clone()).build().unwrap();
    let listener = Listener::default();
    let listening = listener.listen();
    let error = client.start(waltz()).named("order").await.unwrap_err();
    drop(listening);
    assert_eq!((error.task_id(), error.charged()), (Some("abc"), Charged::Unknown), "{error:?}");
    assert_eq!(listener.calls(MUSIC)[0]["task_id"], "abc");
    let receipt = setup.receipt(ReceiptKey::Name("order")).await;
    assert_eq!((receipt.task_id.as_deref(), receipt.state), (Some("abc"), ReceiptState::Running));
    assert_eq!(client.start(waltz()).named("order").await.unwrap().id().as_str(), "abc");
    assert_eq!(service.calls(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_word_for_no_callbacks_is_sent_without_a_receipt() {
    let setup = Setup::new(Speed::Instant);
    let client = setup.client();
    let request = waltz().call_back_url(NO_CALLBACK);
    let body = serde_json::to_value(&request).unwrap();
    for task in [client.start(request).await.unwrap(), client.start_json::<GenerateMusic>(body).await.unwrap()] {
        assert!(task.receipt().is_some());
        assert_eq!(task.wait().await.unwrap().len(), 2);
    }
    let addresses = setup.sandbox.requests(MUSIC).into_iter().map(|request| request.body["callBackUrl"].clone());
    assert_eq!(addresses.collect::<Vec<_>>(), ["playground", "playground"]);
    assert!(setup.sandbox.callbacks().is_empty(), "the service calls nobody");
}

#[tokio::test(start_paused = true)]
async fn an_address_that_names_a_receipt_already_is_refused() {
    let setup = Setup::new(Speed::Instant);
    let mut request = waltz();
    request.call_back_url = Some("https://music.example/?kie_receipt=1".into());
    let body = serde_json::to_value(&request).unwrap();
    let client = setup.client();
    let typed = client.start(request).await.unwrap_err();
    let json = client.start_json::<GenerateMusic>(body).unchecked().await.unwrap_err();
    for error in [typed, json] {
        assert!(matches!(error, Error::Invalid(_)), "{error:?}");
        let says = "generate-music breaks 1 documented rule: callBackUrl has the parameter kie_receipt already";
        assert!(error.to_string().starts_with(says), "{error}");
    }
    assert_eq!(setup.calls(MUSIC), 0);
    assert!(client.unfinished().await.unwrap().is_empty(), "no receipt is written");

    let mut own = serde_json::to_value(waltz()).unwrap();
    own["callBackUrl"] = json!("https://own.example/a#b");
    let task = client.start_json::<GenerateMusic>(own).await.unwrap();
    let sent = &setup.sandbox.requests(MUSIC)[0].body["callBackUrl"];
    assert_eq!(*sent, format!("https://own.example/a?kie_receipt={}#b", task.receipt().unwrap()));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_ends_in_the_queue_is_not_sent() {
    let setup = Setup::new(Speed::Instant);
    let client = setup.builder(setup.ledger.clone()).task_rate(1, Duration::from_secs(10)).build().unwrap();
    client.start(waltz()).await.unwrap();
    // A second client stands for another process. It uses the same ledger with the same rate limit, but has a queue of
    // its own.
    let other = setup.builder(setup.ledger.clone()).task_rate(1, Duration::from_secs(10)).build().unwrap();
    let begin = tokio::time::Instant::now();
    for client in [client, other] {
        let error = client.start(waltz()).within(Duration::from_secs(5)).await.unwrap_err();
        assert_eq!(error.charged(), Charged::No, "{error:?}");
        let receipt = setup.receipt(ReceiptKey::Id(error.receipt().unwrap())).await;
        assert_eq!((receipt.state, receipt.sends), (ReceiptState::Refused, 0), "{error}");
        assert_eq!(begin.elapsed(), Duration::ZERO, "it fails at once");
    }
    assert_eq!(setup.calls(MUSIC), 1);
}

#[tokio::test(start_paused = true)]
async fn clients_with_one_ledger_share_one_rate() {
    let setup = Setup::new(Speed::Instant);
    let clients: Vec<_> = (0..4).map(|_| setup.client()).collect();
    let begin = tokio::time::Instant::now();
    let mut starts = tokio::task::JoinSet::new();
    for number in 0..60 {
        let client = clients[number % 4].clone();
        starts.spawn(async move {
            client.start(waltz()).await.unwrap();
            begin.elapsed()
        });
    }
    let mut times = starts.join_all().await;
    times.sort();
    for window in times.windows(21) {
        assert!(window[20] - window[0] >= Duration::from_secs(10), "{times:?}");
    }
    assert_eq!(setup.sandbox.tasks().len(), 60);
}

#[tokio::test(start_paused = true)]
async fn a_receipt_leads_only_to_a_task_of_its_own_kind() {
    let setup = Setup::new(Speed::Instant);
    let client = setup.client();
    let task = client.start(waltz()).await.unwrap();
    let receipt = task.receipt().unwrap();
    assert_eq!(client.resume::<Music>(receipt).await.unwrap().id(), task.id());
    let error = client.resume::<MusicVideo>(receipt).await.unwrap_err();
    assert!(error.to_string().contains("its task is of the kind music, not"), "{error}");
    let unknown = client.resume::<Music>(ReceiptId::random().unwrap()).await.unwrap_err();
    assert!(unknown.to_string().ends_with("the ledger does not have it"), "{unknown}");
    setup.sandbox.fault(MUSIC, Fault::Refuse { http_status: 200, code: 455, msg: "maintenance".into() });
    let refused = client.start(waltz()).await.unwrap_err().receipt().unwrap();
    let Error::NotResumed(refused) = client.resume::<Music>(refused).await.unwrap_err() else { panic!() };
    assert!(refused.is_unsent() && !refused.is_timeout());
    moment().await;
    assert_eq!(setup.calls(MUSIC), 2, "resuming sends nothing");
}

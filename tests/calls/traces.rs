//! Tests of tracing spans, tracing events and debug output. They must tell enough to follow a call, and contain no
//! secret.

use std::{sync::Arc, time::Duration};

use kie_sandbox::{Fault, Sandbox, Speed};
use kie_suno::transport::{ApiCall, BaseUrl, Body, Content, Transport, http};
use kie_suno::{
    Client, Error,
    callbacks::Receiver,
    records::Music,
    requests::{GenerateMusic, Host, Method, Model},
};
use serde_json::json;
use tempfile::tempdir;

use crate::{
    receipts::failing::FailingLedger,
    setup::{listener::Listener, stack::client_of},
};

const KEY: &str = "key-nobody-may-see";
const PROMPT: &str = "a waltz that is secret";

fn assert_no_secret(text: &str) {
    for secret in [KEY, PROMPT, "nobody", "://", "?", "token"] {
        assert!(!text.contains(secret), "{secret} is shown in {text}");
    }
}

fn stack() -> (Sandbox, Client) {
    let sandbox = Sandbox::builder().speed(Speed::Live).build();
    let client = client_of(&sandbox).api_key(KEY).build().unwrap();
    (sandbox, client)
}

fn secret_waltz() -> GenerateMusic {
    GenerateMusic::simple(Model::V5, PROMPT).call_back_url("https://hooks.example.net/?token=1")
}

#[tokio::test(start_paused = true)]
async fn a_call_can_be_followed_and_shows_no_secret() {
    let listener = Listener::default();
    let listening = listener.listen();
    let (sandbox, client) = stack();
    let refusal = |code, msg: &str| Fault::Refuse { http_status: 200, code, msg: msg.into() };

    sandbox.fault("generate-music", refusal(429, "Too many requests"));
    let task = client.start(secret_waltz()).await.unwrap();
    let tracks = task.wait().await.unwrap();
    let folder = tempdir().unwrap();
    task.save(&tracks, folder.path()).await.unwrap();
    let link = tracks[0].url().unwrap().to_owned();
    client.call(kie_suno::requests::DownloadUrl::new(link)).await.unwrap();
    sandbox.fault("generate-music", refusal(402, &format!("no credits for {PROMPT}")));
    client.start(secret_waltz()).await.unwrap_err();
    sandbox.fault("generate-music", Fault::DropResponse);
    client.start(secret_waltz()).await.unwrap_err();
    client.raw(Method::Get, Host::Api, "/api/v1/nowhere?token=1", &json!({})).await.unwrap_err();
    drop(listening);

    let id = task.id().as_str();
    let [start, refused, lost] = &listener.calls("generate-music")[..] else { panic!("{listener:?}") };
    assert_eq!([&start["attempt"], &start["status"], &start["task_id"], &start["code"]], ["2", "200", id, "429"]);
    assert!(start["bytes"].parse::<usize>().unwrap() > 0);
    assert_eq!([&refused["attempt"], &refused["status"], &refused["code"]], ["1", "200", "402"]);
    assert_eq!((&lost["attempt"], lost.get("status")), (&"1".to_owned(), None));
    let polls = listener.calls("get-music-details");
    assert_eq!(polls.len(), sandbox.requests("get-music-details").len());
    assert!(polls.iter().all(|poll| poll["task_id"] == id && poll["status"] == "200"));
    assert_eq!(listener.calls("/api/v1/nowhere")[0]["code"], "404");

    let [again] = &listener.events("sending again")[..] else { panic!("{listener:?}") };
    assert_eq!([&again["attempt"], &again["reason"]], ["1", "Rejected"]);
    assert!(again["pause_ms"].parse::<u64>().unwrap() <= 1000);
    let ended = listener.events("ended");
    assert_eq!(ended.len(), polls.len() + 3 + 1 + 1, "each call has one end");
    assert_eq!(ended.iter().filter(|end| end["outcome"] == "Interrupted").count(), 1);
    assert!(ended.iter().all(|end| end["elapsed_ms"].parse::<u64>().is_ok()));
    assert_no_secret(&listener.everything());
}

#[tokio::test(start_paused = true)]
async fn a_paid_result_that_the_ledger_did_not_write_is_a_warning_without_secrets() {
    let (sandbox, _) = stack();
    // The ledger fails at two of its steps, which are counted from 0. Step 2 writes the response to the start, and step
    // 3 checks if the response was written in spite of the error. At step 4, `wait` finds the receipt. Step 5 writes
    // the missing task id, and step 6 writes the stage that `wait` has read.
    let ledger = FailingLedger::new(&Arc::default(), vec![(2, false), (6, false)]);
    let client = client_of(&sandbox).api_key(KEY).ledger(ledger).build().unwrap();
    let listener = Listener::default();
    let listening = listener.listen();
    let task = client.start(secret_waltz()).await.unwrap();
    task.wait().await.unwrap();
    drop(listening);
    let [answer, stage] = &listener.events("a receipt could not be kept up to date")[..] else {
        panic!("{listener:?}")
    };
    assert_eq!(answer["receipt"], task.receipt().unwrap().to_string());
    assert!(
        answer["update"].contains(task.id().as_str()) && stage["update"].contains("Reached"),
        "{answer:?} {stage:?}"
    );
    assert_eq!(answer["error"], "the disk is full");
    assert_no_secret(&listener.everything());
    let receipts = client.unfinished().await.unwrap();
    assert_eq!(receipts[0].task_id.as_deref(), Some(task.id().as_str()), "a later update writes what is missing");
    assert_no_secret(&format!("{task:?} {receipts:?}"));
}

#[tokio::test(start_paused = true)]
async fn a_callback_that_the_ledger_did_not_write_is_a_warning_without_secrets() {
    let receiver = Receiver::unsigned().ledger(FailingLedger::new(&Arc::default(), vec![(0, false)]));
    let body = json!({ "data": { "task_id": "4be1", "callbackType": "complete", "data": [{ "prompt": PROMPT }] } });
    let listener = Listener::default();
    let listening = listener.listen();
    for status in [500, 200] {
        assert_eq!(receiver.receive(None, &Default::default(), body.to_string().as_bytes()).await, status);
    }
    drop(listening);
    let [warning] = &listener.events("a callback could not be written to the ledger, and is answered with 500")[..]
    else {
        panic!("{listener:?}")
    };
    assert_eq!((&*warning["task_id"], &*warning["error"]), ("4be1", "the disk is full"));
    assert_no_secret(&listener.everything());
}

#[tokio::test(start_paused = true)]
async fn no_debug_output_shows_a_secret() {
    let (sandbox, client) = stack();
    let base: BaseUrl = "https://tea.example".parse().unwrap();
    let uri = base.join("/kettle?token=1").unwrap();
    let json = Content::Json(format!("\"{PROMPT}\"").into());
    let call = ApiCall::creating("kettle", uri, json.clone());
    let transport = Transport::builder().api_key(kie_suno::transport::ApiKey::new(KEY).unwrap());
    let task = client.start(secret_waltz()).await.unwrap();
    let mut texts = vec![
        format!("{client:?} {task:?} {:?} {:?}", task.wait(), task.events()),
        format!("{:?} {:?}", client.credits().within(Duration::from_secs(1)), client.start(secret_waltz()).unchecked()),
        format!("{call:?} {json:?} {transport:?} {:?}", Body::from(PROMPT)),
        format!("{:?}", transport.build().unwrap()),
    ];
    for fault in [
        Fault::DropResponse,
        Fault::HalfBody,
        Fault::Hang,
        Fault::ErrorPage { http_status: 502 },
        Fault::Refuse { http_status: 200, code: 531, msg: "refunded".into() },
    ] {
        sandbox.fault("generate-music", fault.clone());
        texts.push(format!("{:?}", client.start(secret_waltz()).await.unwrap_err()));
        for _ in 0..6 {
            sandbox.fault("get-music-details", fault.clone());
        }
        let error: Error = client.task::<Music>("abc").fetch().await.unwrap_err();
        texts.push(format!("{error:?} {error}"));
    }
    let unsent = client.start(secret_waltz()).within(Duration::ZERO).await.unwrap_err();
    texts.push(format!("{unsent:?} {unsent}"));
    for text in texts {
        assert_no_secret(&text.replace("http://localhost", ""));
    }
}

#[test]
fn the_header_with_the_key_is_marked_as_sensitive() {
    use kie_suno::transport::{HttpFuture, HttpService};

    #[derive(Debug)]
    struct Nosy;
    impl HttpService for Nosy {
        fn call(&self, request: http::Request<Body>) -> HttpFuture<'_> {
            assert!(request.headers().contains_key("authorization"));
            assert_no_secret(&format!("{:?}", request.headers()));
            Box::pin(async { Ok(http::Response::new(Body::from(r#"{"code":200,"data":7}"#))) })
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let client = Client::builder().api_key(KEY).http(Nosy).build().unwrap();
    runtime.block_on(client.credits().into_future()).unwrap();
}

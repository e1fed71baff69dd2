//! What `kie listen` forwards, and what becomes of the answer.

use std::{
    fs,
    net::TcpListener,
    sync::mpsc::{Receiver, channel},
};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, StatusCode, Uri},
};
use kie_suno::callbacks::{
    WebhookKey,
    signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER},
};
use tempfile::tempdir;
use tokio::runtime::Runtime;

use crate::stage::{
    listener::{KEY, Listener, with_key},
    service::stdout,
};

type Request = (Uri, HeaderMap, Bytes);

/// Starts an application that answers every request with this status. Returns its address, and the requests.
fn answering(status: StatusCode) -> (Runtime, String, Receiver<Request>) {
    let (sender, requests) = channel();
    let app = Router::new().fallback(move |uri: Uri, headers: HeaderMap, body: Bytes| {
        sender.send((uri, headers, body)).unwrap();
        async move { status }
    });
    let runtime = Runtime::new().unwrap();
    let listener = runtime.block_on(tokio::net::TcpListener::bind(("127.0.0.1", 0))).unwrap();
    let url = format!("http://{}/hooks", listener.local_addr().unwrap());
    runtime.spawn(async { axum::serve(listener, app).await });
    (runtime, url, requests)
}

#[test]
fn bytes_signature_and_query_are_forwarded_unchanged() {
    let (_runtime, url, requests) = answering(StatusCode::NO_CONTENT);
    let folder = tempdir().unwrap();
    let file = folder.path().join("body.json");
    let body = "{ \"code\":200,\t\"data\": {\"task_id\" : \"4be1\", \"x\": 1.50, \"callbackType\":\"text\"} }\n";
    fs::write(&file, body).unwrap();
    let mut listener = Listener::start(&["--forward", &format!("{url}?team=7"), "--count", "1"]);
    let to = format!("{}any/path?receipt=5", listener.url);
    let output = with_key().arg("replay").arg(&file).args(["--to", &to]).output().unwrap();
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(0), "callback of task 4be1: HTTP 200\n"));

    let (uri, headers, forwarded) = requests.recv().unwrap();
    assert_eq!(uri, "/hooks?team=7&receipt=5");
    assert_eq!(forwarded, body);
    let header = |name: &str| headers[name].to_str().unwrap();
    assert_eq!(header("content-type"), "application/json");
    assert!(WebhookKey::new(KEY).verify("4be1", header(TIMESTAMP_HEADER), header(SIGNATURE_HEADER)));
    assert!(!headers.contains_key("authorization"));

    let line = listener.event();
    assert_eq!((&line["body"], &line["query"]), (&body.into(), &"receipt=5".into()));
    assert_eq!((&line["kind"], &line["report"]["stage"]), (&"music".into(), &"text".into()));
    assert_eq!((&line["status"], &line["forward"]["status"]), (&200.into(), &204.into()));
    listener.end();
}

#[test]
fn a_failing_application_is_told_and_the_sender_gets_200() {
    let (_runtime, url, requests) = answering(StatusCode::INTERNAL_SERVER_ERROR);
    let mut listener = Listener::start(&["--forward", &url, "--count", "1"]);
    listener.trigger(0, &["wav.complete"]);
    let line = listener.event();
    assert_eq!((&line["status"], &line["forward"]["status"]), (&200.into(), &500.into()));
    assert_eq!(requests.iter().take(1).count(), 1);
    assert!(requests.try_recv().is_err(), "it is forwarded once");
    listener.end();
}

#[test]
fn a_dead_application_is_told_and_the_sender_gets_200() {
    // The port is free again when the test goes on.
    let dead = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut listener = Listener::start(&["--forward", &format!("http://{dead}/"), "--count", "1"]);
    listener.trigger(0, &["music.text"]);
    let line = listener.event();
    assert!(line["forward"]["status"].is_null(), "{line:#}");
    let error = line["forward"]["error"].as_str().unwrap();
    assert!(error.starts_with("there is no connection to the host: "), "{error}");
    listener.end();
}

#[test]
fn only_https_and_this_machine_are_sent_to() {
    let outside = "http://music.example/kie";
    for arguments in [
        &["listen", "--port", "0", "--forward", outside][..],
        &["trigger", "music.complete", "--to", outside],
        &["replay", "body.json", "--to", outside],
    ] {
        let output = with_key().args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let told = crate::stage::service::stderr(&output);
        assert!(told.contains("plain http is used on loopback addresses only"), "{told}");
    }
}

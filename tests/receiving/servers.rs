//! Tests of the receiver on the servers that applications use: hyper over HTTP/1.1 and HTTP/2, and axum.

use std::time::Duration;

use axum::{Router, routing::get};
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use kie_sandbox::{Sandbox, Speed};
use kie_suno::{
    Client,
    callbacks::{Receiver, WebhookKey},
    types::signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use super::{NOW, OTHER, TASK, body, delivered, key, receiver, signed, wire};
use crate::setup::{
    clocks::asleep,
    stack::{connect, waltz},
};

/// Sends these bytes on the connection and returns the head of the response.
async fn ask(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), bytes: impl AsRef<[u8]>) -> String {
    stream.write_all(bytes.as_ref()).await.unwrap();
    let (mut answer, mut piece) = (String::new(), [0; 1_024]);
    while !answer.contains("\r\n\r\n") {
        let length = stream.read(&mut piece).await.unwrap();
        assert_ne!(length, 0, "connection closed after {answer:?}");
        answer += std::str::from_utf8(&piece[..length]).unwrap();
    }
    answer
}

/// Returns the head of a signed request without its body. `lines` are additional header lines.
fn head(task: &str, lines: &str) -> String {
    let signature = key().sign(task, &NOW.to_string());
    format!(
        "POST /kie HTTP/1.1\r\nhost: a\r\n{TIMESTAMP_HEADER}: {NOW}\r\n{SIGNATURE_HEADER}: {signature}\r\n{lines}\r\n\r\n"
    )
}

#[tokio::test(start_paused = true)]
async fn hyper_serves_it() {
    let receiver = receiver();
    let deliveries = receiver.deliveries();
    let mut stream = connect(&receiver);
    // Three callbacks are sent on one connection. The last of them is sent in chunks.
    for kind in ["text", "first"] {
        let answer = ask(&mut stream, wire(TASK, &body(TASK, kind))).await;
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with(r#"{"status":"received"}"#), "{answer}");
    }
    let text = body(TASK, "complete");
    let (half, rest) = text.split_at(50);
    let length = rest.len();
    let pieces = format!("32\r\n{half}\r\n{length:x}\r\n{rest}\r\n0\r\n\r\n");
    let answer = ask(&mut stream, head(TASK, "transfer-encoding: chunked") + &pieces).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");

    // If a request has `Expect: 100-continue`, the server first answers with 100. A request that must be refused gets
    // its refusal immediately instead.
    let other = body(OTHER, "complete");
    let length = other.len();
    let may_i = ask(&mut stream, head(OTHER, &format!("expect: 100-continue\r\ncontent-length: {length}"))).await;
    assert_eq!(may_i, "HTTP/1.1 100 Continue\r\n\r\n");
    assert!(ask(&mut stream, other).await.starts_with("HTTP/1.1 200 "));
    let refused = [
        (head(TASK, "expect: 100-continue\r\ncontent-length: 4194305"), "413"),
        ("POST /kie HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 100\r\n\r\n".to_owned(), "401"),
        (head(TASK, "content-length: 7").replace("POST", "GET") + "{\"a\":1}", "405"),
        // Two different values of `content-length` in one head can hide a second request in the body. So the server
        // refuses such a request.
        (head(TASK, "content-length: 2\r\ncontent-length: 3") + "{}", "400"),
        (head(TASK, "content-length: 99999999999999999999") + "{}", "400"),
    ];
    for (request, status) in refused {
        let answer = ask(&mut connect(&receiver), request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{status}: {answer}");
    }
    drop(stream);
    tokio::task::yield_now().await;
    assert_eq!(delivered(receiver, deliveries).await.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn hyper_serves_it_over_http2() {
    let receiver = receiver();
    let deliveries = receiver.deliveries();
    let (near, far) = tokio::io::duplex(16 * 1024);
    let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
    let serving = tokio::spawn(server.serve_connection(TokioIo::new(far), receiver.service()));
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(near)).await.unwrap();
    let calling = tokio::spawn(connection);
    for size in [10, 10_000, 1_000_000] {
        let mut request: Request<Full<Bytes>> = signed(TASK, NOW, body(TASK, &"x".repeat(size))).map(Into::into);
        *request.uri_mut() = "http://music.example/kie".parse().unwrap();
        let answer = sender.send_request(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), r#"{"status":"received"}"#);
    }
    drop(sender);
    calling.await.unwrap().unwrap();
    serving.await.unwrap().unwrap();
    let claims: Vec<_> =
        delivered(receiver, deliveries).await.iter().map(|delivery| delivery.parse_unverified().is_ok()).collect();
    assert_eq!(claims, [true; 3]);
}

/// Serves a receiver and another page with axum on a free local port. Returns the address, and a handle of the server's
/// tokio task. The server runs until the caller aborts this tokio task.
async fn mount(receiver: &Receiver) -> (String, JoinHandle<std::io::Result<()>>) {
    let app = Router::new().route("/", get(async || "a page")).route_service("/kie", receiver.service());
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (address, tokio::spawn(async { axum::serve(listener, app).await }))
}

#[tokio::test]
async fn axum_serves_it() {
    let receiver = receiver();
    let mut deliveries = receiver.deliveries();
    let (address, serving) = mount(&receiver).await;
    let large = body(OTHER, &"x".repeat(3 << 20));
    let talk = [
        (wire(TASK, &body(TASK, "complete")), "200"),
        (wire(TASK, &body(TASK, "complete")), "200"),
        // axum's own extractors limit a body to 2 MB. The receiver is not an extractor, so it accepts this larger body.
        (wire(OTHER, &large), "200"),
        (wire(OTHER, &body(TASK, "complete")), "401"),
        (wire(TASK, "{}"), "400"),
        (head(TASK, "content-length: 4194305"), "413"),
        (head(TASK, "content-length: 2").replace("POST", "GET") + "{}", "405"),
        (wire(TASK, &body(TASK, "complete")).replace("/kie", "/other"), "404"),
        ("GET / HTTP/1.1\r\nhost: a\r\n\r\n".to_owned(), "200"),
    ];
    for (request, status) in talk {
        let answer = ask(&mut TcpStream::connect(&address).await.unwrap(), request).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{status}: {answer}");
    }
    for task in [TASK, OTHER] {
        assert_eq!(deliveries.next().await.unwrap().unwrap().task_id, task);
    }
    serving.abort();
    assert!(serving.await.unwrap_err().is_cancelled());
}

#[tokio::test]
async fn a_song_is_called_back_through_axum() {
    let sandbox = Sandbox::builder().speed(Speed::Fast).webhook_key("whk").build();
    let service = sandbox.listen(([127, 0, 0, 1], 0)).await.unwrap();
    let receiver = Receiver::new(WebhookKey::new("whk"));
    let mut deliveries = receiver.deliveries();
    let (address, serving) = mount(&receiver).await;
    let url = format!("http://{address}/kie");
    let client =
        Client::builder().api_key("key").base_url(service.base_url()).callbacks(url, &receiver).build().unwrap();
    let task = client.start(waltz()).await.unwrap();
    let wait = tokio::time::timeout(Duration::from_secs(20), task.wait().polling(asleep()));
    assert_eq!(wait.await.expect("the wait was not woken").unwrap().len(), 2);
    for _ in 0..3 {
        let delivery = deliveries.next().await.unwrap().unwrap();
        assert_eq!((delivery.task_id.as_str(), delivery.is_stale), (task.id().as_str(), false));
    }
    service.stop().await;
    serving.abort();
    let journal: Vec<_> = sandbox.callbacks().iter().map(|callback| (callback.attempts, callback.status)).collect();
    // The wait for the task can end before the sandbox has logged the response to the last callback. So this response
    // is not checked.
    assert!(journal.len() == 3 && journal[..2] == [(1, Some(200)); 2], "{journal:?}");
    assert!(sandbox.requests("get-music-details").len() <= 3, "at most one poll for each callback");
}

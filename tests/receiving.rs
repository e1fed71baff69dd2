//! Callbacks at the receiver's door: who is let in, what is remembered, and that nobody can fill the house.

use std::{
    convert::Infallible,
    future::pending,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Full};
use kie_suno::{
    AnyCallback, Arrival, Departure, Entry, Key, Ledger, LedgerError, Missed, News, Receipt, ReceiptId, Receiver,
    ReceiverService, Verifier, WebhookKey,
    types::signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    task::JoinSet,
    time::Instant,
};
use tower_service::Service as _;

use crate::stack::connect;

const TASK: &str = "4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e";
const OTHER: &str = "9c7f0e15d3ab4e1fa0b2c6d84e73f519";
const NOW: u64 = 1_767_225_600;

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs()
}

fn key() -> WebhookKey {
    WebhookKey::new("kie-webhook-test-key-0001")
}

/// A receiver whose clock stands at [`NOW`].
fn receiver() -> Receiver {
    standing(Receiver::new(key()))
}

fn standing(receiver: Receiver) -> Receiver {
    receiver.clock(|| SystemTime::UNIX_EPOCH + Duration::from_secs(NOW))
}

fn body(task: &str, kind: &str) -> String {
    format!(r#"{{"code":200,"msg":"ok","data":{{"callbackType":"{kind}","task_id":"{task}","data":null}}}}"#)
}

/// A request that is signed about this task at this time.
fn signed<B>(task: &str, time: u64, body: B) -> Request<B> {
    let time = time.to_string();
    let signature = key().sign(task, &time);
    Request::post("/kie").header(TIMESTAMP_HEADER, time).header(SIGNATURE_HEADER, signature).body(body).unwrap()
}

async fn status<B>(service: &mut ReceiverService, request: Request<B>) -> StatusCode
where
    B: Body<Data: Send, Error: Send> + Send + 'static,
{
    service.call(request).await.unwrap().status()
}

async fn post(receiver: &Receiver, request: Request<String>) -> StatusCode {
    status(&mut receiver.service(), request.map(|body| Full::new(Bytes::from(body)))).await
}

/// Every delivery by now, and nobody left who could make another.
async fn delivered(receiver: Receiver, mut deliveries: kie_suno::Deliveries) -> Vec<kie_suno::Delivery> {
    drop(receiver);
    let mut all = Vec::new();
    while let Some(delivery) = deliveries.next().await {
        all.push(delivery.unwrap());
    }
    all
}

/// A body that is sent in pieces, and then never ends.
struct Endless {
    piece: usize,
    pieces: usize,
}

impl Body for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.pieces == 0 {
            return Poll::Pending;
        }
        self.pieces -= 1;
        Poll::Ready(Some(Ok(Frame::data(vec![b' '; self.piece].into()))))
    }
}

/// A body that must not be read.
struct Sealed;

impl Body for Sealed {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        panic!("the body was read");
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::default()
    }
}

#[tokio::test]
async fn a_signed_callback_is_answered_and_delivered() {
    let receiver = receiver();
    let deliveries = receiver.deliveries();
    let answer = receiver.service().call(signed(TASK, NOW, Full::new(Bytes::from(body(TASK, "text"))))).await.unwrap();
    assert_eq!(
        (answer.status(), &answer.headers()[header::CONTENT_TYPE]),
        (StatusCode::OK, &"application/json".parse().unwrap())
    );
    assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), r#"{"status":"received"}"#);

    let request = signed(TASK, NOW, body(TASK, "complete"));
    let (mut head, text) = request.into_parts();
    head.uri = "/kie?a=b&kie_receipt=0123456789abcdef0123456789abcdef".parse().unwrap();
    assert_eq!(post(&receiver, Request::from_parts(head, text)).await, StatusCode::OK);

    let all = delivered(receiver, deliveries).await;
    assert_eq!(all.len(), 2);
    assert!(all.iter().all(|delivery| delivery.task_id == TASK && !delivery.is_stale));
    assert_eq!(all[0].receipt, None);
    assert_eq!(all[1].receipt, Some("0123456789abcdef0123456789abcdef".parse().unwrap()));
    assert!(matches!(all[0].claim().unwrap(), AnyCallback::Music(_)));
    assert!(!format!("{all:?}").contains("callbackType"), "bodies are not printed");
}

#[tokio::test]
async fn a_forgery_is_refused_without_a_word() {
    let receiver = receiver();
    let deliveries = receiver.deliveries();
    let honest = signed(TASK, NOW, body(TASK, "text"));
    let with = |name: &str, value: &str| {
        let mut request = honest.clone();
        let name: header::HeaderName = name.parse().unwrap();
        request.headers_mut().remove(&name);
        if !value.is_empty() {
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        request
    };
    let another = WebhookKey::new("another").sign(TASK, &NOW.to_string());
    let cut = &key().sign(TASK, &NOW.to_string())[..43];
    let forgeries = [
        with(SIGNATURE_HEADER, &another),
        with(SIGNATURE_HEADER, cut),
        with(SIGNATURE_HEADER, "nonsense"),
        with(SIGNATURE_HEADER, ""),
        with(TIMESTAMP_HEADER, "1767225601"),
        with(TIMESTAMP_HEADER, "01767225600"),
        with(TIMESTAMP_HEADER, ""),
        signed(OTHER, NOW, body(TASK, "text")),
    ];
    for forgery in forgeries {
        let answer = receiver.service().call(forgery.map(|body| Full::new(Bytes::from(body)))).await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(answer.into_body().size_hint().exact(), Some(0), "no reason is given");
    }
    assert_eq!(post(&receiver, honest).await, StatusCode::OK);
    assert_eq!(delivered(receiver, deliveries).await.len(), 1, "the honest one alone is delivered");
}

#[tokio::test]
async fn what_can_be_refused_without_its_body_is() {
    let mut service = receiver().body_limit(100).service();
    let unsigned = Request::post("/kie").body(Sealed).unwrap();
    assert_eq!(status(&mut service, unsigned).await, StatusCode::UNAUTHORIZED);
    let mut large = signed(TASK, NOW, Sealed);
    large.headers_mut().insert(header::CONTENT_LENGTH, 101.into());
    assert_eq!(status(&mut service, large).await, StatusCode::PAYLOAD_TOO_LARGE);
    for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE, Method::OPTIONS] {
        let mut other = signed(TASK, NOW, Sealed);
        *other.method_mut() = method;
        let answer = service.call(other).await.unwrap();
        assert_eq!(
            (answer.status(), answer.headers()[header::ALLOW].as_bytes()),
            (StatusCode::METHOD_NOT_ALLOWED, &b"POST"[..])
        );
    }
}

#[tokio::test]
async fn only_the_signed_id_counts_whatever_else_the_body_says() {
    let receiver = receiver();
    let deliveries = receiver.deliveries();
    // Whoever saw a signature about one task can write another task, and what they like, beside it.
    let text = format!(r#"{{"taskId":"{TASK}","code":200,"data":{{"callbackType":"complete","task_id":"{OTHER}"}}}}"#);
    assert_eq!(post(&receiver, signed(TASK, NOW, text)).await, StatusCode::OK);
    let all = delivered(receiver, deliveries).await;
    assert_eq!(all[0].task_id, TASK);
    assert_eq!(all[0].claim().unwrap().task_id(), Some(OTHER), "the claim claims what it likes");
}

#[tokio::test]
async fn five_minutes_either_way_are_fresh_and_a_second_more_is_stale() {
    let receiver = receiver();
    let deliveries = receiver.deliveries();
    for (index, time) in [NOW - 301, NOW - 300, NOW, NOW + 300, NOW + 301, 0, u64::MAX].into_iter().enumerate() {
        let request = signed(TASK, time, body(TASK, &index.to_string()));
        assert_eq!(post(&receiver, request).await, StatusCode::OK, "{time}");
    }
    let all = delivered(receiver, deliveries).await;
    let stale: Vec<_> = all.iter().map(|delivery| delivery.is_stale).collect();
    assert_eq!(stale, [true, false, false, false, true, true, true]);

    let strict = standing(Receiver::new(Verifier::new(key()).tolerance(Duration::ZERO)));
    let deliveries = strict.deliveries();
    post(&strict, signed(TASK, NOW - 1, body(TASK, "a"))).await;
    post(&strict, signed(TASK, NOW, body(TASK, "b"))).await;
    let all = delivered(strict, deliveries).await;
    assert_eq!([all[0].is_stale, all[1].is_stale], [true, false]);
}

#[tokio::test]
async fn keys_are_changed_without_a_gap() {
    let (old, new) = (WebhookKey::new("old"), key());
    let both = standing(Receiver::new(Verifier::new(new).or(old.clone())));
    let time = NOW.to_string();
    let by_old = Request::post("/kie")
        .header(TIMESTAMP_HEADER, &time)
        .header(SIGNATURE_HEADER, old.sign(TASK, &time))
        .body(body(TASK, "text"))
        .unwrap();
    assert_eq!(post(&both, by_old.clone()).await, StatusCode::OK);
    assert_eq!(post(&both, signed(TASK, NOW, body(TASK, "first"))).await, StatusCode::OK);
    assert_eq!(post(&receiver(), by_old).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn what_is_sent_again_is_answered_and_delivered_once() {
    let receiver = receiver();
    let deliveries = receiver.deliveries();
    for time in [NOW, NOW, NOW + 5, NOW - 1_000, NOW - 1_000] {
        for kind in ["text", "complete"] {
            assert_eq!(post(&receiver, signed(TASK, time, body(TASK, kind))).await, StatusCode::OK);
            assert_eq!(post(&receiver, signed(OTHER, time, body(OTHER, kind))).await, StatusCode::OK);
        }
    }
    let all = delivered(receiver, deliveries).await;
    assert_eq!(all.iter().filter(|delivery| !delivery.is_stale).count(), 4);
    assert_eq!(all.iter().filter(|delivery| delivery.is_stale).count(), 4, "stale ones are no news of fresh ones");
}

#[tokio::test]
async fn what_is_no_callback_is_refused() {
    let receiver = receiver();
    let bodies =
        ["", "[]", "null", "7", "{", "{}", r#"{"code":200,"data":{"audio_url":"x"}}"#, r#"{"data":{"task_id":""}}"#];
    for body in bodies {
        assert_eq!(post(&receiver, signed("", NOW, body.to_owned())).await, StatusCode::BAD_REQUEST, "{body}");
    }
    let long = "a".repeat(1_000);
    assert_eq!(post(&receiver, signed(&long, NOW, body(&long, "text"))).await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_unsigned_receiver_believes_everybody() {
    let receiver = Receiver::unsigned();
    let deliveries = receiver.deliveries();
    let request = Request::post("/kie").body(body(TASK, "text")).unwrap();
    assert_eq!(post(&receiver, request).await, StatusCode::OK);
    assert_eq!(post(&receiver, Request::post("/kie").body("{}".into()).unwrap()).await, StatusCode::BAD_REQUEST);
    assert_eq!(delivered(receiver, deliveries).await[0].task_id, TASK);
}

// ---- Nobody can fill the house

#[tokio::test(start_paused = true)]
async fn a_body_without_end_is_cut_off() {
    let receiver = receiver();
    let begin = Instant::now();
    let trickle = signed(TASK, NOW, Endless { piece: 10, pieces: 3 });
    assert_eq!(status(&mut receiver.service(), trickle).await, StatusCode::REQUEST_TIMEOUT);
    assert_eq!(begin.elapsed().as_secs(), 10);
    // Nothing told its length in advance: it is counted while it comes.
    let flood = signed(TASK, NOW, Endless { piece: 1 << 20, pieces: 5 });
    assert_eq!(status(&mut receiver.service(), flood).await, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test(start_paused = true)]
async fn bodies_that_find_no_room_wait_for_it() {
    let receiver = receiver().memory(8 << 20);
    let mut floods = JoinSet::new();
    for _ in 0..8 {
        let mut service = receiver.service();
        floods
            .spawn(async move { status(&mut service, signed(TASK, NOW, Endless { piece: 1 << 20, pieces: 3 })).await });
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    // The floods hold all the room, until their time is over.
    let begin = Instant::now();
    assert_eq!(post(&receiver, signed(OTHER, NOW, body(OTHER, "text"))).await, StatusCode::OK);
    assert_eq!(begin.elapsed().as_secs(), 9);
    while let Some(status) = floods.join_next().await {
        assert_eq!(status.unwrap(), StatusCode::REQUEST_TIMEOUT);
    }
    let whole = signed(TASK, NOW, body(TASK, &"x".repeat(3 << 20)));
    assert_eq!(post(&receiver, whole).await, StatusCode::OK, "the room was given back");
}

/// The same request as bytes.
fn wire(task: &str, body: &str) -> String {
    let time = NOW.to_string();
    let (signature, length) = (key().sign(task, &time), body.len());
    format!(
        "POST /kie HTTP/1.1\r\nhost: a\r\n{TIMESTAMP_HEADER}: {time}\r\n{SIGNATURE_HEADER}: {signature}\r\n\
         content-length: {length}\r\n\r\n{body}"
    )
}

#[tokio::test(start_paused = true)]
async fn of_a_thousand_connections_the_honest_ones_are_answered() {
    let receiver = receiver();
    let deliveries = receiver.deliveries();
    let mut connections = JoinSet::new();
    for number in 0..1_000 {
        let mut stream = connect(&receiver);
        connections.spawn(async move {
            let task = format!("task {number}");
            let mut text = wire(&task, &body(&task, "complete")).into_bytes();
            let is_honest = number % 10 == 0;
            match number % 10 {
                0 => {}
                // Headers that never end, a body that never ends, no signature, another signature, no HTTP at all.
                1 | 2 => text.truncate(60),
                3..=6 => text.truncate(text.len() - 1),
                7 => text = b"POST /kie HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}".to_vec(),
                8 => text = wire("another", &body(&task, "complete")).into_bytes(),
                _ => text = b"\0\0\0\0\0\0\0\0\r\n\r\n".to_vec(),
            }
            let begin = Instant::now();
            stream.write_all(&text).await.unwrap();
            let mut answer = [0; 12];
            // A server hangs up on what is no request, and hyper on headers that take longer than 30 seconds.
            let read = stream.read_exact(&mut answer).await;
            let code = read.map(|_| String::from_utf8_lossy(&answer[9..]).into_owned()).unwrap_or_default();
            (number % 10, code, begin.elapsed().as_secs(), is_honest)
        });
    }
    let mut answered = 0;
    while let Some(connection) = connections.join_next().await {
        let (kind, code, seconds, is_honest) = connection.unwrap();
        let expected = match kind {
            0 => "200",
            1 | 2 => "",
            3..=6 => "408",
            7 | 8 => "401",
            _ => "400",
        };
        assert_eq!(code, expected, "{kind}");
        assert!(seconds <= if kind <= 2 { 30 } else { 10 }, "{kind}: {seconds}");
        if is_honest {
            assert_eq!(seconds, 0);
            answered += 1;
        }
    }
    assert_eq!(answered, 100);
    assert_eq!(delivered(receiver, deliveries).await.len(), 100);
}

#[tokio::test]
async fn a_slow_reader_loses_the_oldest_and_is_told_how_many() {
    let receiver = receiver();
    let mut slow = receiver.deliveries();
    for number in 0..1_030 {
        let task = format!("task {number}");
        assert_eq!(post(&receiver, signed(&task, NOW, body(&task, "complete"))).await, StatusCode::OK);
    }
    assert_eq!(slow.next().await.unwrap().unwrap_err(), Missed(6));
    let rest = delivered(receiver, slow).await;
    assert_eq!((rest.len(), rest[0].task_id.as_str()), (1_024, "task 6"));

    // Large ones are counted by their bytes.
    let receiver = standing(Receiver::new(key()));
    let mut slow = receiver.deliveries();
    for number in 0..6 {
        let task = format!("task {number}");
        let large = signed(&task, NOW, body(&task, &"x".repeat((4 << 20) - 200)));
        assert_eq!(post(&receiver, large).await, StatusCode::OK);
    }
    assert_eq!(slow.next().await.unwrap().unwrap_err(), Missed(2));
    assert_eq!(delivered(receiver, slow).await.len(), 4);
}

// ---- Durable before it is answered

/// A ledger that takes callbacks, after so many failures; and nothing else.
#[derive(Debug, Default)]
struct Shelf {
    failures: AtomicUsize,
    hangs: bool,
    arrivals: Mutex<Vec<Arrival>>,
}

fn unused<'a, T>() -> Entry<'a, T> {
    Box::pin(async { Err(LedgerError::new("this ledger takes callbacks alone")) })
}

impl Ledger for Shelf {
    fn write<'a>(&'a self, _: &'a Receipt) -> Entry<'a, Option<Receipt>> {
        unused()
    }

    fn depart<'a>(&'a self, _: ReceiptId, _: usize, _: Duration) -> Entry<'a, Departure> {
        unused()
    }

    fn note<'a>(&'a self, _: ReceiptId, _: &'a News) -> Entry<'a, ()> {
        unused()
    }

    fn receive<'a>(&'a self, arrival: &'a Arrival) -> Entry<'a, bool> {
        Box::pin(async move {
            if self.hangs {
                pending::<()>().await;
            }
            tokio::task::yield_now().await;
            let left = self.failures.load(Ordering::Relaxed);
            if left > 0 {
                self.failures.store(left - 1, Ordering::Relaxed);
                return Err(LedgerError::new("the disk is full"));
            }
            let mut arrivals = self.arrivals.lock().unwrap();
            let is_new = !arrivals.contains(arrival);
            if is_new {
                arrivals.push(arrival.clone());
            }
            Ok(is_new)
        })
    }

    fn find<'a>(&'a self, _: Key<'a>) -> Entry<'a, Option<Receipt>> {
        unused()
    }

    fn unfinished(&self) -> Entry<'_, Vec<Receipt>> {
        unused()
    }

    fn claim<'a>(&'a self, _: ReceiptId, _: &'a str, _: Duration) -> Entry<'a, Option<Receipt>> {
        unused()
    }

    fn release<'a>(&'a self, _: ReceiptId, _: &'a str) -> Entry<'a, ()> {
        unused()
    }
}

#[tokio::test]
async fn a_callback_is_written_before_it_is_answered() {
    let shelf = Arc::new(Shelf { failures: AtomicUsize::new(2), ..Shelf::default() });
    let receiver = receiver().ledger(Arc::clone(&shelf));
    let deliveries = receiver.deliveries();
    let request = signed(TASK, NOW, body(TASK, "complete"));
    for _ in 0..2 {
        assert_eq!(post(&receiver, request.clone()).await, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(shelf.arrivals.lock().unwrap().is_empty());
    }
    // The service sends it again, twice at once.
    let copies = tokio::join!(post(&receiver, request.clone()), post(&receiver, request));
    assert_eq!(copies, (StatusCode::OK, StatusCode::OK));
    assert_eq!(post(&receiver, signed(TASK, NOW - 1_000, body(TASK, "first"))).await, StatusCode::OK);
    {
        let arrivals = shelf.arrivals.lock().unwrap();
        assert_eq!(arrivals.len(), 1, "a stale one is not written: {arrivals:?}");
        assert_eq!((arrivals[0].task_id.as_str(), arrivals[0].kind.as_str()), (TASK, "complete"));
    }
    assert_eq!(delivered(receiver, deliveries).await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_ledger_that_hangs_is_not_waited_for() {
    let receiver = receiver().ledger(Shelf { hangs: true, ..Shelf::default() });
    let begin = Instant::now();
    let answer = post(&receiver, signed(TASK, NOW, body(TASK, "complete"))).await;
    assert_eq!(answer, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(begin.elapsed() <= Duration::from_secs(5));
}

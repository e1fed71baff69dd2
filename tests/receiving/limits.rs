//! Tests of the receiver's limits for memory and time.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{StatusCode, header::CONTENT_LENGTH};
use http_body::{Body, Frame};
use kie_suno::callbacks::{Lagged, Receiver};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    task::JoinSet,
    time::Instant,
};

use super::{NOW, OTHER, TASK, body, delivered, key, post, receiver, signed, standing, status, wire};
use crate::setup::stack::connect;

/// A body of `pieces` pieces with `piece` bytes each. After the last piece it sends nothing more, but does not end.
#[derive(Clone, Copy)]
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

#[tokio::test(start_paused = true)]
async fn a_body_without_end_is_cut_off() {
    let receiver = receiver();
    let begin = Instant::now();
    let trickle = || signed(TASK, NOW, Endless { piece: 10, pieces: 3 });
    assert_eq!(status(&mut receiver.service(), trickle()).await, StatusCode::REQUEST_TIMEOUT);
    assert_eq!(begin.elapsed().as_secs(), 10);
    let hurried = receiver.clone().body_timeout(Duration::from_secs(3));
    assert_eq!(status(&mut hurried.service(), trickle()).await, StatusCode::REQUEST_TIMEOUT);
    assert_eq!(begin.elapsed().as_secs(), 13);
    // The request does not announce the size of its body, so the receiver must count the bytes as they arrive.
    let flood = signed(TASK, NOW, Endless { piece: 1 << 20, pieces: 5 });
    assert_eq!(status(&mut receiver.service(), flood).await, StatusCode::PAYLOAD_TOO_LARGE);
    let text = body(TASK, "complete");
    for (limit, expected) in [(text.len(), StatusCode::OK), (text.len() - 1, StatusCode::PAYLOAD_TOO_LARGE)] {
        let limited = receiver.clone().body_limit(limit);
        let mut request = signed(TASK, NOW, text.clone());
        assert_eq!(post(&limited, request.clone()).await, expected);
        request.headers_mut().insert(CONTENT_LENGTH, text.len().into());
        assert_eq!(post(&limited, request).await, expected);
    }
}

/// Sends `senders` requests at the same time, each with a copy of the endless body. Each returned tokio task gives the
/// status of its response.
fn endless_bodies(receiver: &Receiver, senders: usize, body: Endless) -> JoinSet<StatusCode> {
    let mut requests = JoinSet::new();
    for _ in 0..senders {
        let mut service = receiver.service();
        requests.spawn(async move { status(&mut service, signed(TASK, NOW, body)).await });
    }
    requests
}

#[tokio::test(start_paused = true)]
async fn large_bodies_wait_for_memory() {
    let receiver = receiver().memory_limit(8 << 20);
    let floods = endless_bodies(&receiver, 8, Endless { piece: 1 << 20, pieces: 3 });
    tokio::time::sleep(Duration::from_secs(1)).await;
    // The endless bodies use all the memory that the receiver permits, until their timeout. Their timeout is nine
    // seconds from now.
    let begin = Instant::now();
    let large = signed(OTHER, NOW, body(OTHER, &"x".repeat(100 << 10)));
    assert_eq!(post(&receiver, large).await, StatusCode::OK);
    assert_eq!(begin.elapsed().as_secs(), 9);
    assert_eq!(floods.join_all().await, [StatusCode::REQUEST_TIMEOUT; 8]);
    let whole = signed(TASK, NOW, body(TASK, &"x".repeat(3 << 20)));
    assert_eq!(post(&receiver, whole).await, StatusCode::OK, "the memory was released");
    let larger = signed(TASK, NOW, body(TASK, &"x".repeat(9 << 20)));
    assert_eq!(
        post(&receiver.body_limit(10 << 20), larger).await,
        StatusCode::REQUEST_TIMEOUT,
        "it never gets the memory"
    );
}

#[tokio::test(start_paused = true)]
async fn small_bodies_do_not_wait() {
    let receiver = receiver().memory_limit(8 << 20);
    let deliveries = receiver.deliveries();
    let floods = endless_bodies(&receiver, 8, Endless { piece: 1 << 20, pieces: 3 });
    // Here, 500 small bodies do not end. Other small bodies must not have to wait because of them.
    let dawdlers = endless_bodies(&receiver, 500, Endless { piece: 32 << 10, pieces: 2 });
    tokio::time::sleep(Duration::from_secs(1)).await;
    let begin = Instant::now();
    for size in [1, 1 << 10, 16 << 10, 63 << 10] {
        let honest = signed(OTHER, NOW, body(OTHER, &"x".repeat(size)));
        assert_eq!(post(&receiver, honest).await, StatusCode::OK, "{size}");
    }
    assert!(begin.elapsed().is_zero());
    assert_eq!(floods.join_all().await, [StatusCode::REQUEST_TIMEOUT; 8]);
    assert_eq!(dawdlers.join_all().await, [StatusCode::REQUEST_TIMEOUT; 500]);
    assert_eq!(delivered(receiver, deliveries).await.len(), 4);
}

#[tokio::test(start_paused = true)]
async fn among_a_thousand_connections_the_genuine_ones_are_answered() {
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
                // Kinds of faulty connections: a head that does not end (1, 2), a body that does not end (3 to 6), a
                // callback without a signature (7), a callback with a wrong signature (8), bytes that are not HTTP (9).
                1 | 2 => text.truncate(60),
                3..=6 => text.truncate(text.len() - 1),
                7 => text = b"POST /kie HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}".to_vec(),
                8 => text = wire("another", &body(&task, "complete")).into_bytes(),
                _ => text = b"\0\0\0\0\0\0\0\0\r\n\r\n".to_vec(),
            }
            let begin = Instant::now();
            stream.write_all(&text).await.unwrap();
            let mut answer = [0; 12];
            // A server closes the connection if the head of the request is not complete in time. hyper waits 30 seconds
            // for it.
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

#[tokio::test(start_paused = true)]
async fn a_reader_that_waits_is_woken_by_a_delivery_and_by_the_end() {
    let second = Duration::from_secs(1);
    let receiver = receiver();
    let mut deliveries = receiver.deliveries();
    let reading = tokio::spawn(async move { (deliveries.next().await, deliveries) });
    tokio::time::sleep(second).await;
    assert_eq!(post(&receiver, signed(TASK, NOW, body(TASK, "complete"))).await, StatusCode::OK);
    let woken = tokio::time::timeout(second, reading).await;
    let (first, mut deliveries) = woken.expect("the reader is woken by a delivery").unwrap();
    assert_eq!(first.unwrap().unwrap().task_id, TASK);

    let reading = tokio::spawn(async move { deliveries.next().await.is_none() });
    tokio::time::sleep(second).await;
    drop(receiver);
    let woken = tokio::time::timeout(second, reading).await;
    assert!(woken.expect("the reader is woken by the end").unwrap());
}

#[tokio::test]
async fn a_slow_reader_loses_the_oldest_deliveries_and_gets_their_number() {
    let receiver = receiver();
    let mut slow = receiver.deliveries();
    for number in 0..1_030 {
        let task = format!("task {number}");
        assert_eq!(post(&receiver, signed(&task, NOW, body(&task, "complete"))).await, StatusCode::OK);
    }
    assert_eq!(slow.next().await.unwrap().unwrap_err(), Lagged(6));
    let rest = delivered(receiver, slow).await;
    assert_eq!((rest.len(), rest[0].task_id.as_str()), (1_024, "task 6"));

    // For large deliveries, the receiver limits the number of waiting bytes instead of the number of waiting
    // deliveries.
    let receiver = standing(Receiver::new(key()));
    let mut slow = receiver.deliveries();
    for number in 0..6 {
        let task = format!("task {number}");
        let large = signed(&task, NOW, body(&task, &"x".repeat((4 << 20) - 200)));
        assert_eq!(post(&receiver, large).await, StatusCode::OK);
    }
    assert_eq!(slow.next().await.unwrap().unwrap_err(), Lagged(2));
    assert_eq!(delivered(receiver, slow).await.len(), 4);
}

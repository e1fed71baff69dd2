//! Tests of the checks that the receiver makes: requests that it accepts or refuses, and its responses to them.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Full};
use kie_suno::{
    callbacks::{AnyCallback, Receiver, Verifier, WebhookKey},
    types::signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER},
};
use tower_service::Service as _;

use super::{NOW, OTHER, TASK, body, delivered, key, post, receiver, signed, standing, status};

/// A body that the receiver must not read: reading it panics.
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
    assert!(matches!(all[0].parse_unverified().unwrap(), AnyCallback::Music(_)));
    assert!(!format!("{all:?}").contains("callbackType"), "bodies are not printed");
}

#[tokio::test]
async fn a_forgery_is_refused_with_an_empty_response() {
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
    assert_eq!(delivered(receiver, deliveries).await.len(), 1, "only the genuine one is delivered");
}

#[tokio::test]
async fn a_callback_that_is_refused_for_its_headers_is_not_read() {
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
async fn only_the_signed_id_counts() {
    let receiver = receiver();
    let deliveries = receiver.deliveries();
    // A signature covers only one task id. An attacker who knows this signature can add a second task id and other
    // content to the body.
    let text = format!(r#"{{"taskId":"{TASK}","code":200,"data":{{"callbackType":"complete","task_id":"{OTHER}"}}}}"#);
    assert_eq!(post(&receiver, signed(TASK, NOW, text)).await, StatusCode::OK);
    let all = delivered(receiver, deliveries).await;
    assert_eq!(all[0].task_id, TASK);
    assert_eq!(all[0].parse_unverified().unwrap().task_id(), Some(OTHER), "the unverified body names the other task");
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
async fn keys_can_be_changed_without_lost_callbacks() {
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
async fn a_body_that_is_not_a_callback_is_refused() {
    let receiver = receiver();
    let bodies =
        ["", "[]", "null", "7", "{", "{}", r#"{"code":200,"data":{"audio_url":"x"}}"#, r#"{"data":{"task_id":""}}"#];
    for body in bodies {
        assert_eq!(post(&receiver, signed("", NOW, body.to_owned())).await, StatusCode::BAD_REQUEST, "{body}");
    }
    let long = "a".repeat(257);
    assert_eq!(post(&receiver, signed(&long, NOW, body(&long, "text"))).await, StatusCode::BAD_REQUEST);
    assert_eq!(post(&receiver, signed(&long[1..], NOW, body(&long[1..], "text"))).await, StatusCode::OK);
    let beside = format!(r#"{{"taskId":"{long}","data":{{"task_id":"{TASK}"}}}}"#);
    assert_eq!(post(&receiver, signed(TASK, NOW, beside)).await, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn an_unsigned_receiver_accepts_every_callback() {
    let receiver = Receiver::unsigned();
    let deliveries = receiver.deliveries();
    let request = Request::post("/kie").body(body(TASK, "text")).unwrap();
    assert_eq!(post(&receiver, request).await, StatusCode::OK);
    assert_eq!(post(&receiver, Request::post("/kie").body("{}".into()).unwrap()).await, StatusCode::BAD_REQUEST);
    assert_eq!(delivered(receiver, deliveries).await[0].task_id, TASK);
}

#[tokio::test]
async fn the_first_receipt_in_an_address_counts() {
    let receiver = receiver();
    let deliveries = receiver.deliveries();
    let (one, other) = ("0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210");
    let queries = [
        format!("kie_receipt={one}&kie_receipt={other}"),
        format!("kie_receipt=nonsense&kie_receipt={other}"),
        format!("kie_receipt={one}%0d%0a"),
        format!("my_kie_receipt={one}"),
        "&&=&kie_receipt".to_owned(),
    ];
    for (number, query) in queries.iter().enumerate() {
        let mut request = signed(TASK, NOW + number as u64, body(TASK, &number.to_string()));
        *request.uri_mut() = format!("/kie?{query}").parse().unwrap();
        assert_eq!(post(&receiver, request).await, StatusCode::OK);
    }
    let receipts: Vec<_> = delivered(receiver, deliveries).await.iter().map(|delivery| delivery.receipt).collect();
    assert_eq!(receipts, [Some(one.parse().unwrap()), None, None, None, None]);
}

#[tokio::test]
async fn a_time_that_cannot_be_read_is_stale_with_any_tolerance() {
    let endless = standing(Receiver::new(Verifier::new(key()).tolerance(Duration::MAX)));
    let deliveries = endless.deliveries();
    for time in ["", "soon", "-1", "99999999999999999999", "0"] {
        let signature = key().sign(TASK, time);
        let request = Request::post("/kie").header(TIMESTAMP_HEADER, time).header(SIGNATURE_HEADER, signature);
        let request = request.body(body(TASK, time)).unwrap();
        assert_eq!(post(&endless, request).await, StatusCode::OK, "{time:?}");
    }
    let stale: Vec<bool> = delivered(endless, deliveries).await.iter().map(|delivery| delivery.is_stale).collect();
    assert_eq!(stale, [true, true, true, true, false]);
}

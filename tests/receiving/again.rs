//! Tests of callbacks that are sent more than once.

use http::StatusCode;

use super::{NOW, OTHER, TASK, body, delivered, post, receiver, signed};

#[tokio::test]
async fn a_redelivery_is_answered_and_a_callback_is_delivered_once() {
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
    assert_eq!(
        all.iter().filter(|delivery| delivery.is_stale).count(),
        4,
        "a stale callback does not count as a copy of a fresh one"
    );
}

#[tokio::test]
async fn one_signature_is_accepted_for_few_bodies() {
    let receiver = receiver();
    let deliveries = receiver.deliveries();
    assert_eq!(post(&receiver, signed(OTHER, NOW, body(OTHER, "complete"))).await, StatusCode::OK);
    // An attacker knows two signatures of this task, a new one and an old one. With each of them, the attacker sends
    // 5,100 different bodies. Together these are more callbacks than the receiver remembers.
    for number in 0..5_100 {
        for time in [NOW, NOW - 1_000] {
            let made_up = signed(TASK, time, body(TASK, &number.to_string()));
            assert_eq!(
                post(&receiver, made_up).await,
                StatusCode::OK,
                "the response does not show that it was ignored"
            );
        }
    }
    // After the attack, genuine callbacks are still accepted, and the redelivery of a genuine callback is still
    // recognised.
    assert_eq!(post(&receiver, signed(TASK, NOW + 1, body(TASK, "complete"))).await, StatusCode::OK);
    assert_eq!(post(&receiver, signed(OTHER, NOW, body(OTHER, "complete"))).await, StatusCode::OK);

    let all = delivered(receiver, deliveries).await;
    assert_eq!(all.iter().filter(|delivery| delivery.task_id == OTHER).count(), 1);
    assert_eq!(all.iter().filter(|delivery| delivery.is_stale).count(), 8);
    assert_eq!(all.len(), 1 + 8 + 8 + 1);
    assert_eq!(all[17].parse_unverified().unwrap().task_id(), Some(TASK));
}

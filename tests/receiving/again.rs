//! What is sent again.

use http::StatusCode;

use super::{NOW, OTHER, TASK, body, delivered, post, receiver, signed};

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

//! Tests that every documented callback is accepted when it is signed, wherever the task id is in the body. Some tests
//! check that callbacks with a wrong signature are refused.

use std::{
    fs,
    time::{Duration, SystemTime},
};

use http::{HeaderMap, StatusCode};
use kie_suno::{
    callbacks::{Receiver, WebhookKey},
    types::signature::{
        CallbackError, SIGNATURE_HEADER, TIMESTAMP_HEADER, UnverifiedCallback, Verified, Verifier, VerifyError,
    },
};
use serde_json::Value;

use super::{Fixture, root};
use crate::setup::clocks::now;

/// The places in a body where a task id can be, as JSON pointers, in the order in which the SDK searches them.
const PLACES: [&str; 4] = ["/data/task_id", "/data/taskId", "/taskId", "/task_id"];

fn callbacks() -> Vec<Fixture> {
    let mut callbacks = Vec::new();
    for folder in fs::read_dir(root().join("callbacks")).unwrap() {
        for file in fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            callbacks.push(Fixture::read(&path.to_string_lossy(), &text).unwrap());
        }
    }
    callbacks
}

#[tokio::test]
async fn every_documented_callback_is_accepted_when_it_is_signed() {
    let key = WebhookKey::new("whk");
    let receiver = Receiver::new(key.clone());
    let mut deliveries = receiver.deliveries();
    let now = now();
    let mut taken = 0;
    for callback in callbacks() {
        let label = UnverifiedCallback::read(&callback.body).unwrap();
        for id in label.task_ids() {
            let mut headers = HeaderMap::new();
            // Many of these callbacks have the same task id. The receiver accepts the same signature only with a few
            // different bodies. So the callbacks are signed for different seconds, which gives different signatures.
            let timestamp = (now - taken % 290).to_string();
            headers.insert(TIMESTAMP_HEADER, timestamp.parse().unwrap());
            headers.insert(SIGNATURE_HEADER, key.sign(id, &timestamp).parse().unwrap());
            assert_eq!(receiver.receive(None, &headers, &callback.body).await, StatusCode::OK, "{}", callback.name);
            // The receiver answers a repeated callback with 200, and does not deliver it again. The number of
            // deliveries below can also be smaller than `taken`, because some documentation pages show the same body.
            let again = receiver.receive(None, &headers, &callback.body).await;
            assert_eq!(again, StatusCode::OK, "{}", callback.name);
            taken += 1;
        }
    }
    assert!(taken > 100, "only {taken} were accepted");
    let mut delivered = 0;
    drop(receiver);
    while let Some(delivery) = deliveries.next().await {
        let delivery = delivery.unwrap();
        let claim = delivery.parse_unverified().unwrap();
        assert!(claim.task_id().is_some(), "{delivery:?}");
        delivered += 1;
    }
    assert!((80..=taken).contains(&delivered), "{delivered} of {taken} were delivered");
}

#[test]
fn the_id_that_was_signed_counts_in_every_place() {
    let key = WebhookKey::new("whk");
    let verifier = Verifier::from(key.clone());
    for callback in callbacks() {
        for chosen in PLACES {
            let mut body = callback.json();
            for place in PLACES {
                put(&mut body, place, &format!("id at {place}"));
            }
            let body = body.to_string();
            let label = UnverifiedCallback::read(body.as_bytes()).unwrap();
            // If `data` is a list, `put` cannot write an id into it. Then no id is at this place, and the signature
            // must be refused.
            let is_there = body.contains(&format!("\"id at {chosen}\""));
            let id = format!("id at {chosen}");
            let verified = verifier.verify(&label, "1767225600", &key.sign(&id, "1767225600"), 1_767_225_600);
            let expected = if is_there { Ok(id.as_str()) } else { Err(VerifyError::Forged) };
            assert_eq!(verified, expected, "{}: {body}", callback.name);
            if is_there {
                let headers = signed(&key, &id, 1_767_225_600);
                let verified = self::verified(&key, &headers, body.as_bytes(), 1_767_225_600).unwrap();
                let claims = verified.unverified_claims_of::<kie_suno::records::Music>().unwrap();
                assert_eq!(claims.task_id.unwrap().as_str(), id, "{}: {body}", callback.name);
            }
        }
    }
}

/// Writes a task id into the body at the JSON pointer `place`. If `place` is inside `data`, and `data` is missing or
/// null, `data` becomes an object first.
fn put(body: &mut Value, place: &str, id: &str) {
    match place.strip_prefix("/data/") {
        Some(name) => {
            let data = &mut body["data"];
            if data.is_null() {
                *data = serde_json::json!({});
            }
            if let Some(data) = data.as_object_mut() {
                data.insert(name.to_owned(), id.into());
            }
        }
        None => body[&place[1..]] = id.into(),
    }
}

/// Returns the headers of a callback about this task, with a signature for the time `timestamp` in seconds since 1970.
fn signed(key: &WebhookKey, task_id: &str, timestamp: u64) -> HeaderMap {
    let timestamp = timestamp.to_string();
    let mut headers = HeaderMap::new();
    headers.insert(SIGNATURE_HEADER, key.sign(task_id, &timestamp).parse().unwrap());
    headers.insert(TIMESTAMP_HEADER, timestamp.parse().unwrap());
    headers
}

/// Verifies a callback as an application with axum or hyper would do it. `now` is in seconds since 1970.
fn verified<'a>(
    key: &WebhookKey,
    headers: &HeaderMap,
    body: &'a [u8],
    now: u64,
) -> Result<Verified<'a>, CallbackError> {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(now);
    Verifier::new(key.clone()).verify_callback(|name| headers.get(name)?.to_str().ok(), body, now)
}

#[test]
fn one_call_verifies_every_documented_callback_and_reads_what_it_claims() {
    let (key, now) = (WebhookKey::new("whk"), now());
    let mut count = 0;
    for callback in callbacks() {
        let label = UnverifiedCallback::read(&callback.body).unwrap();
        for id in label.task_ids() {
            let headers = signed(&key, id, now - 60);
            let verified = verified(&key, &headers, &callback.body, now).unwrap();
            assert_eq!(verified.task_id(), id, "{}", callback.name);
            assert_eq!(verified.signed_at().as_millis(), Some(1000 * (now.cast_signed() - 60)));
            // Some bodies contain two different task ids. The signature covers only one of them.
            assert_eq!(verified.unverified_claims().unwrap().task_id(), Some(id), "{}", callback.name);
            let claims = verified.unverified_claims_of::<kie_suno::records::Music>().unwrap();
            assert_eq!(claims.task_id.unwrap().as_str(), id, "{}", callback.name);
            count += 1;
        }
    }
    assert!(count > 100, "only {count} were verified");
}

#[test]
fn a_callback_that_is_not_verified_says_why_and_how_to_answer() {
    let (key, now) = (WebhookKey::new("whk"), now());
    let body = br#"{"taskId":"4be1","data":{}}"#;
    let headers = signed(&key, "4be1", now);
    assert!(verified(&key, &headers, body, now).is_ok());
    let answered = |headers: &HeaderMap, body: &[u8], now: u64| {
        let refused = verified(&key, headers, body, now).unwrap_err();
        (refused.http_status(), refused)
    };

    let late = (200, CallbackError::Stale { task_id: "4be1".into() });
    assert_eq!(answered(&headers, body, now + 301), late);
    assert_eq!(answered(&headers, body, now - 301), late);
    assert_eq!(answered(&headers, br#"{"taskId":"9c7f"}"#, now), (401, CallbackError::Forged));
    assert_eq!(answered(&signed(&WebhookKey::new("other"), "4be1", now), body, now), (401, CallbackError::Forged));
    for header in [SIGNATURE_HEADER, TIMESTAMP_HEADER] {
        let mut without = headers.clone();
        without.remove(header);
        assert_eq!(answered(&without, body, now), (401, CallbackError::NoHeader { header }));
    }
    for body in [&b"{\"data\":{}}"[..], b"[]", b"<html>", b""] {
        let (status, refused) = answered(&headers, body, now);
        assert!(status == 400 && matches!(refused, CallbackError::Unreadable(_)), "{refused}");
    }

    // An attacker has written this body, and has copied the headers of another callback. Their signature covers only
    // the task id `4be1` and the time.
    let forged = br#"{"taskId":"4be1","data":{"task_id":"9c7f","callbackType":"complete","data":[]}}"#;
    let verified = verified(&key, &headers, forged, now).unwrap();
    assert_eq!(verified.unverified_claims().unwrap().task_id(), Some("4be1"));
    assert!(!format!("{verified:?}").contains("9c7f"), "{verified:?}");
}

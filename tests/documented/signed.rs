//! Every documented callback is taken in when it is signed, wherever it has the id of its task.

use std::fs;

use http::{HeaderMap, StatusCode};
use kie_suno::{
    Receiver, WebhookKey,
    types::signature::{Distrusted, Label, SIGNATURE_HEADER, TIMESTAMP_HEADER, Verifier},
};
use serde_json::Value;

use super::{Fixture, root};
use crate::setup::clocks::now;

/// Where the id of a task may stand, the first that counts first.
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
async fn every_documented_callback_is_taken_in_when_it_is_signed() {
    let key = WebhookKey::new("whk");
    let receiver = Receiver::new(key.clone());
    let mut deliveries = receiver.deliveries();
    let now = now();
    let mut taken = 0;
    for callback in callbacks() {
        let label = Label::read(&callback.body).unwrap();
        for id in label.task_ids() {
            let mut headers = HeaderMap::new();
            // Each is signed at another second, for one signature is good for few bodies.
            let timestamp = (now - taken % 290).to_string();
            headers.insert(TIMESTAMP_HEADER, timestamp.parse().unwrap());
            headers.insert(SIGNATURE_HEADER, key.sign(id, &timestamp).parse().unwrap());
            assert_eq!(receiver.receive(None, &headers, &callback.body).await, StatusCode::OK, "{}", callback.name);
            // Some pages print the same body, and a body that was received before is not delivered again.
            let again = receiver.receive(None, &headers, &callback.body).await;
            assert_eq!(again, StatusCode::OK, "{}", callback.name);
            taken += 1;
        }
    }
    assert!(taken > 100, "only {taken} were taken in");
    let mut delivered = 0;
    drop(receiver);
    while let Some(delivery) = deliveries.next().await {
        let delivery = delivery.unwrap();
        let claim = delivery.claim().unwrap();
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
        for signed in PLACES {
            let mut body = callback.json();
            for place in PLACES {
                put(&mut body, place, &format!("id at {place}"));
            }
            let body = body.to_string();
            let label = Label::read(body.as_bytes()).unwrap();
            // Where the data is a list, it has no place for an id.
            let is_there = body.contains(&format!("\"id at {signed}\""));
            let id = format!("id at {signed}");
            let verified = verifier.verify(&label, "1767225600", &key.sign(&id, "1767225600"), 1_767_225_600);
            let expected = if is_there { Ok(id.as_str()) } else { Err(Distrusted::Forged) };
            assert_eq!(verified, expected, "{}: {body}", callback.name);
        }
    }
}

/// Puts an id in its place, and makes the data an object if there is none.
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

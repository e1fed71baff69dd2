//! Tests of the callbacks of the market route: their signatures, and bodies that are damaged.

use std::time::{Duration, SystemTime};

use kie_types::{
    AnyCallback, Callback, GenerateMidi, Job, Midi, Music, MusicVideo, Outcome, Report, TaskEndpoint, TaskState,
    signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER, UnverifiedCallback, Verifier, WebhookKey},
};
use serde_json::{Value, json};

use super::{TASK, fixture, names};

const NOW: u64 = 1_790_500_100;

/// Returns the task id that a verifier finds in a signed body.
fn verified(body: &[u8]) -> Option<String> {
    let key = WebhookKey::new("market-key");
    let signature = key.sign(TASK, &NOW.to_string());
    let header = |name: &str| match name {
        TIMESTAMP_HEADER => Some(NOW.to_string()),
        SIGNATURE_HEADER => Some(signature.clone()),
        _ => None,
    };
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
    Some(Verifier::new(key).verify_callback(header, body, now).ok()?.task_id().to_owned())
}

#[test]
fn every_callback_can_be_verified_by_its_task_id() {
    let callbacks: Vec<_> = names().into_iter().filter(|name| name.starts_with("callbacks/")).collect();
    assert!(callbacks.len() > 15);
    for name in callbacks {
        assert_eq!(verified(&fixture(&name).body).as_deref(), Some(TASK), "{name}");
    }
}

#[test]
fn the_task_id_is_looked_for_in_four_places_in_order() {
    let body = json!({ "taskId": "c", "task_id": "d", "data": { "taskId": "b", "task_id": "a" } });
    let label = UnverifiedCallback::read(body.to_string().as_bytes()).unwrap();
    assert!(label.task_ids().eq(["a", "b", "c", "d"]));
    assert_eq!(Callback::<Music>::parse(body.to_string().as_bytes()).unwrap().task_id, Some("a".into()));
}

/// Returns the body of this callback whose copy of the request has the wrong escapes of a recorded record.
fn with_invalid_echo(name: &str) -> Vec<u8> {
    let mut body: Value = serde_json::from_slice(&fixture(name).body).unwrap();
    body["data"]["param"] = json!("@");
    let echo = r#""{\"input\":\"{\\"prompt\\":\\"a, \\\\"b\\\\"\\"}\",\"model\":\"ai-music-api/generate\"}""#;
    let text = body.to_string().replacen("\"@\"", echo, 1);
    assert!(serde_json::from_str::<Value>(&text).is_err());
    text.into_bytes()
}

#[test]
fn an_invalid_copy_of_the_request_costs_nothing() {
    for name in ["callbacks/c2-music", "callbacks/c2-fail"] {
        let (body, valid) = (with_invalid_echo(name), fixture(name).body);
        assert_eq!(verified(&body).as_deref(), Some(TASK), "{name}");
        assert_eq!(Callback::<Music>::parse(&body).unwrap(), Callback::parse(&valid).unwrap(), "{name}");
        assert_eq!(AnyCallback::parse(&body).unwrap(), AnyCallback::parse(&valid).unwrap(), "{name}");
    }
}

#[test]
fn a_callback_with_a_record_is_read_again_as_it_was_written() {
    for name in ["callbacks/c2-music", "callbacks/c2-fail", "callbacks/c2-older-credits", "callbacks/bare-record"] {
        let callback = Callback::<Music>::parse(&fixture(name).body).unwrap();
        assert!(callback.record.is_some(), "{name}");
        let printed = serde_json::to_value(&callback).unwrap();
        let again: Callback<Music> = serde_json::from_value(printed).unwrap();
        assert_eq!(again, callback, "{name}");
    }
}

#[test]
fn a_callback_in_the_classic_form_has_no_record() {
    for name in ["callbacks/c1-complete", "callbacks/c1-error", "callbacks/c3"] {
        assert_eq!(Callback::<Music>::parse(&fixture(name).body).unwrap().record, None, "{name}");
    }
    assert_eq!(Callback::<Midi>::parse(&fixture("callbacks/c1-midi").body).unwrap().record, None);
}

#[test]
fn the_slug_tells_the_kind_of_every_operation_that_starts_a_task() {
    let mut kinds = 0;
    for operation in kie_types::catalog::OPERATIONS.iter().filter(|operation| operation.job.is_some()) {
        let data = json!({ "taskId": TASK, "model": operation.market.unwrap(), "state": "fail", "failCode": "500" });
        let body = json!({ "code": 501, "msg": "failed", "data": data }).to_string();
        let callback = AnyCallback::parse(body.as_bytes()).unwrap();
        assert_eq!((callback.job(), callback.task_id()), (operation.job, Some(TASK)), "{}", operation.name);
        let report = callback.report().unwrap();
        assert_eq!((report.outcome, report.code), (Outcome::Failed, Some(500)), "{}", operation.name);
        kinds += 1;
    }
    assert_eq!(kinds, 19);
}

#[test]
fn a_record_of_an_unknown_operation_is_not_recognised_and_keeps_its_task() {
    for model in [json!("google/veo"), json!("ai-music-api/generate-persona"), json!(5), Value::Null] {
        let data = json!({ "taskId": TASK, "model": model, "state": "success", "resultJson": "{}" });
        let callback = AnyCallback::parse(json!({ "code": 200, "data": data }).to_string().as_bytes()).unwrap();
        assert_eq!((callback.job(), callback.task_id()), (None, Some(TASK)), "{model}");
    }
}

#[test]
fn notes_beside_a_record_are_read() {
    assert_eq!(<<GenerateMidi as TaskEndpoint>::Job as Job>::NAME, Midi::NAME);
    let notes = json!([{ "name": "Drums", "notes": [{ "pitch": 38, "start": 0.5, "end": 1 }] }]);
    let slug = "ai-music-api/generate-midi-from-audio";
    for (place, data) in [
        ("beside the result", json!({ "resultJson": "{\"id\":\"r\"}", "instruments": notes })),
        ("in the result", json!({ "resultJson": json!({ "instruments": notes }).to_string() })),
    ] {
        let mut data = data;
        data["taskId"] = json!(TASK);
        data["model"] = json!(slug);
        data["state"] = json!("success");
        let body = json!({ "code": 200, "msg": "success", "data": data }).to_string();
        let AnyCallback::Midi(callback) = AnyCallback::parse(body.as_bytes()).unwrap() else { panic!("{place}") };
        assert_eq!(callback.state(), TaskState::Complete, "{place}");
        assert_eq!(callback.output().unwrap().instruments.len(), 1, "{place}");
    }
}

#[test]
fn the_code_of_the_envelope_tells_a_failure_that_the_record_does_not_tell() {
    let data = json!({ "taskId": TASK, "model": "ai-music-api/create-music-video", "state": "generating" });
    let body = json!({ "code": 501, "msg": "it failed", "data": data }).to_string();
    let report = Report::of_callback(&Callback::<MusicVideo>::parse(body.as_bytes()).unwrap());
    assert_eq!(
        (report.outcome, report.code, report.message.as_deref()),
        (Outcome::Failed, Some(501), Some("it failed"))
    );
}

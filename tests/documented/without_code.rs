//! Tests of callbacks without a code. The code is removed from every documented callback.

use kie_types::{
    Callback, Endpoint, Stage, TaskEndpoint, TaskState,
    catalog::{self, Visitor},
};
use serde_json::{Value, json};

use super::{Kind, sweep};

/// Reads a callback of the operation.
struct Read<'a>(&'a Value);

impl Visitor for Read<'_> {
    type Output = TaskState;

    fn call<E: Endpoint>(self) -> TaskState {
        panic!("{} has no callback", E::NAME)
    }

    fn start<E: TaskEndpoint>(self) -> TaskState {
        Callback::<E::Job>::parse(self.0.to_string().as_bytes()).unwrap().state()
    }
}

fn state(operation: &str, body: &Value) -> TaskState {
    catalog::visit(operation, Read(body)).unwrap()
}

/// Words in a callback that show the failure of its task. If a callback of a failed task contains none of them, only
/// the code shows the failure.
const TELLS: [&str; 4] = ["\"error\"", "\"fail\"", "_fail\"", "\"failed\""];

#[test]
fn a_callback_is_judged_by_its_content() {
    let (mut successes, mut told, mut untold) = (0, 0, 0);
    for fixture in sweep::all().filter(|fixture| fixture.kind == Kind::Callback) {
        let operation = fixture.name.split('/').nth(1).unwrap();
        let mut body = fixture.json();
        let with_code = state(operation, &body);
        body.as_object_mut().unwrap().remove("code");
        let without = state(operation, &body);
        for placeholder in [json!(0), json!("0"), json!(null), json!("")] {
            body["code"] = placeholder;
            assert_eq!(state(operation, &body), without, "{}", fixture.name);
        }
        body.as_object_mut().unwrap().remove("code");
        match &with_code {
            TaskState::Failed(failure) if TELLS.iter().any(|word| body.to_string().contains(word)) => {
                let TaskState::Failed(other) = &without else { panic!("{}: {without:?}", fixture.name) };
                assert_eq!((&other.message, &other.status), (&failure.message, &failure.status), "{}", fixture.name);
                told += 1;
            }
            TaskState::Failed(_) => {
                assert_eq!(without, TaskState::Running(None), "{}", fixture.name);
                untold += 1;
            }
            // The type of this callback is `complete`, but it has no tracks.
            TaskState::Complete if fixture.name.ends_with("/webhook-page") => {
                assert_eq!(without, TaskState::Running(None), "{}", fixture.name);
            }
            success => {
                assert_eq!(&without, success, "{}", fixture.name);
                successes += 1;
            }
        }
    }
    assert!(successes > 40 && told > 20 && untold > 15, "{successes} {told} {untold}");
}

#[test]
fn a_callback_that_says_nothing_means_running_for_every_kind_of_task() {
    let operations = catalog::OPERATIONS.iter().filter(|operation| operation.job.is_some());
    for operation in operations.map(|operation| operation.name) {
        for body in [
            json!({ "data": { "task_id": "a" } }),
            json!({ "data": { "taskId": "a", "callbackType": "complete", "data": [] } }),
            json!({ "code": 0, "msg": "success", "data": { "taskId": "a" } }),
            json!({ "taskId": "a" }),
            json!({}),
            // The record of KIE's newer route, which some receivers got as a callback.
            json!({
                "taskId": "a", "model": "ai-music-api/generate", "state": "success", "param": "{}", "failCode": null,
                "resultJson": "{\"data\":[]}", "failMsg": null, "costTime": 59, "completeTime": 1_764_000_000_000_i64,
            }),
        ] {
            assert_eq!(state(operation, &body), TaskState::Running(None), "{operation}: {body}");
        }
        let failed = json!({ "taskId": "a", "state": "fail", "failCode": "501", "failMsg": "upstream gave up" });
        let TaskState::Failed(failure) = state(operation, &failed) else { panic!("{operation}") };
        assert_eq!((failure.code, failure.message.as_deref()), (Some(501), Some("upstream gave up")), "{operation}");
    }
    let text = json!({ "data": { "callbackType": "text", "task_id": "a", "data": [] } });
    assert_eq!(state("generate-music", &text), TaskState::Running(Some(Stage::Text)));
    let told = json!({ "data": { "task_id": "a", "error": "the section could not be sung" } });
    assert!(matches!(state("replace-section", &told), TaskState::Failed(failure) if failure.code.is_none()));
    let told = json!({ "data": { "taskId": "a", "errorCode": 500 } });
    assert!(matches!(state("suno-voice-generate", &told), TaskState::Failed(failure) if failure.code == Some(500)));
}

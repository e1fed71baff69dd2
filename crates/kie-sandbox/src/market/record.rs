//! Records of the market route.

use std::time::Duration;

use kie_types::{Stage, catalog};
use serde_json::{Map, Value, json};

use crate::account::{State, Task, View};

/// Returns a request as the records of its task repeat it: as JSON text, in which the fields of the operation are JSON
/// text again.
pub(super) fn echo(request: &Value) -> String {
    let mut echo = Map::new();
    for (key, value) in request.as_object().into_iter().flatten() {
        let value = if key == "input" { json!(value.to_string()) } else { value.clone() };
        if ["callBackUrl", "input", "model"].contains(&key.as_str()) && !value.is_null() {
            echo.insert(key.clone(), value);
        }
    }
    Value::from(echo).to_string()
}

/// The outcome of a task, as the word in `state` and the number in `successFlag`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Open,
    Success,
    Fail,
}

fn outcome(state: &State<'_>) -> Outcome {
    match state {
        State::Reached(Stage::Complete) | State::Undelivered { .. } => Outcome::Success,
        State::Failed { .. } => Outcome::Fail,
        _ => Outcome::Open,
    }
}

/// Returns the record of a task: the `data` of the response to a lookup. `age` is the time since the task was created.
/// The service shows a new task as waiting, and soon as generating. Recorded responses have no stages in between.
pub(super) fn record(task: &Task, view: &View<'_>, age: Duration) -> Value {
    let outcome = outcome(&view.state);
    let result =
        (outcome == Outcome::Success && view.state.shown().is_some()).then(|| task.work.market_result(task, view));
    let (code, message) = failure(&view.state);
    let ended = (outcome != Outcome::Open).then(|| task.timeline.outcome());
    let classic = task.work.record(task, view);
    let extra =
        |key: &str, missing: Value| classic.get(key).filter(|value| !value.is_null()).cloned().unwrap_or(missing);
    let slug = slug(task);
    json!({
        "taskId": task.id,
        "model": slug,
        "state": match (&view.state, outcome) {
            (State::Word(word), _) => word,
            (_, Outcome::Success) => "success",
            (_, Outcome::Fail) => "fail",
            _ if age * 10 < task.timeline.end() => "waiting",
            _ => "generating",
        },
        "param": task.echo,
        "resultJson": result.as_ref().map(Value::to_string).unwrap_or_default(),
        "failCode": code,
        "failMsg": message,
        "costTime": ended.map(|ended| ended.as_secs_f64().round() as u64),
        "createTime": view.clock.millis(task.created),
        "completeTime": ended.map(|ended| view.clock.millis(task.created + ended)),
        "creditsConsumed": if outcome == Outcome::Fail { json!(0) } else { json!(task.paid) },
        "operationType": slug,
        "status": view.state.word(),
        "type": extra("type", json!("")),
        "parentMusicId": extra("parentMusicId", json!("")),
        "successFlag": match outcome {
            Outcome::Open => 0,
            Outcome::Success => 1,
            Outcome::Fail => 3,
        },
        "response": result,
        "paramJson": task.echo,
    })
}

/// Returns the code and the message of a failure. The code is a text. A refusal by the content filter has a word
/// instead of a number.
fn failure<'a>(state: &'a State<'_>) -> (Option<String>, Option<&'a str>) {
    match state {
        State::Failed { status: "SENSITIVE_WORD_ERROR", message, .. } => {
            (Some("SENSITIVE_WORD_ERROR".into()), Some(message))
        }
        State::Failed { code, message, .. } => (Some(code.to_string()), Some(message)),
        _ => (None, None),
    }
}

fn slug(task: &Task) -> &'static str {
    catalog::find(task.operation).ok().and_then(|operation| operation.market).unwrap_or_default()
}

//! Callbacks of tasks that the market route started.

use std::time::Duration;

use kie_types::{Endpoint, GetMidiDetails, Stage};
use serde_json::{Value, json};

use crate::{
    account::{State, Task, View},
    script::MarketCallbacks,
};

use super::record::record;

/// Keys of a record in a callback. The other keys were seen only in the responses to lookups.
const KEYS: [&str; 11] = [
    "taskId",
    "model",
    "state",
    "param",
    "resultJson",
    "failCode",
    "failMsg",
    "costTime",
    "createTime",
    "completeTime",
    "creditsConsumed",
];

/// Returns the form of the callbacks of a task. MIDI callbacks always have the classic form, because only this form has
/// the notes.
fn form(task: &Task, form: MarketCallbacks) -> MarketCallbacks {
    if task.work.lookup() == GetMidiDetails::NAME { MarketCallbacks::Classic } else { form }
}

/// Returns `true` if the task has a callback that reports this state.
pub(crate) fn has_callback(task: &Task, state: &State<'_>, chosen: MarketCallbacks) -> bool {
    let is_end = matches!(state, State::Reached(Stage::Complete) | State::Failed { .. });
    match form(task, chosen) {
        MarketCallbacks::Classic => task.work.has_callback(state),
        MarketCallbacks::Record => is_end,
    }
}

/// Returns the body of the callback that reports the state in `view`. `age` is the age of the task in this state.
pub(crate) fn body(task: &Task, view: &View<'_>, age: Duration, chosen: MarketCallbacks) -> Value {
    if form(task, chosen) == MarketCallbacks::Classic {
        return task.work.callback(task, view);
    }
    let mut data = record(task, view, age);
    let is_failure = data["state"] == "fail";
    let (code, msg) =
        if is_failure { (501, "Playground task failed.") } else { (200, "Playground task completed successfully.") };
    if let Some(fields) = data.as_object_mut() {
        fields.retain(|key, _| KEYS.contains(&key.as_str()) && (is_failure || !key.starts_with("fail")));
    }
    data["updateTime"] = data["completeTime"].clone();
    if is_failure {
        data["resultJson"] = Value::Null;
    }
    json!({ "code": code, "msg": msg, "data": data })
}

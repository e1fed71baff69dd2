//! The callbacks that a task has, from its start to its end.

use std::time::Duration;

use kie_types::{NO_CALLBACK, Route, Stage};
use serde_json::Value;

use crate::{
    account::{SandboxInner, SentCallback, Task, View},
    events::short,
    market,
};

use super::headers::headers;

/// A callback of a task.
pub(super) struct DueCallback {
    /// Age of the task at which the callback is due.
    pub(super) age: Duration,
    pub(super) stage: Option<Stage>,
    pub(super) body: Value,
    /// Status word that a lookup returns at this age.
    pub(super) reports: String,
}

/// Returns the callbacks of a task, in the order in which they are due. A task whose callback address is
/// [`NO_CALLBACK`] has no callbacks.
pub(super) fn due<'a>(inner: &'a SandboxInner, task: &'a Task) -> impl Iterator<Item = DueCallback> + use<'a> {
    let form = inner.account().behaviour.market.callbacks;
    let market = (task.route == Route::Market).then_some(form);
    let wants_callbacks = !task.call_back_url.is_empty() && task.call_back_url != NO_CALLBACK;
    let states = if wants_callbacks { task.timeline.callbacks() } else { Vec::new() };
    let has_callback = move |state: &_| match market {
        Some(form) => market::has_callback(task, state, form),
        None => task.work.has_callback(state),
    };
    states.into_iter().filter(move |(_, state)| has_callback(state)).map(move |(age, state)| {
        let reports = short(task.work.word(&state));
        let (stage, view) = (state.shown(), View { state, host: &task.host, clock: inner.clock });
        let body = match market {
            Some(form) => market::body(task, &view, age, form),
            None => task.work.callback(task, &view),
        };
        DueCallback { age, stage, body, reports }
    })
}

/// Returns the callbacks of a task as if all of them were sent now.
pub(crate) fn all(inner: &SandboxInner, task: &Task) -> Vec<SentCallback> {
    due(inner, task).map(|callback| record(inner, task, callback.stage, callback.body)).collect()
}

/// Returns the record of a callback that is sent now and has no fault.
pub(super) fn record(inner: &SandboxInner, task: &Task, stage: Option<Stage>, body: Value) -> SentCallback {
    SentCallback {
        task_id: task.id.clone(),
        stage,
        url: task.call_back_url.clone(),
        body,
        headers: headers(inner, &task.id, None),
        callback_fault: None,
        attempts: 0,
        status: None,
    }
}

//! Looks up a task on the market route.

use kie_types::Route;

use crate::{
    account::{State, View},
    operations::{IncomingCall, OperationResult, Refused},
};

use super::record;

/// Handles a lookup of the task with this id. A task that lookups do not find yet is unknown too.
pub(super) fn lookup(call: &IncomingCall<'_>, id: &str) -> OperationResult {
    if id.is_empty() {
        return Err(Refused::new(400, "taskId is required"));
    }
    let task = call.account.any_task(id).filter(|task| call.finds(task, Route::Market));
    let found = task.and_then(|task| {
        let view = View { state: task.state(call.now), host: call.host, clock: call.clock };
        (view.state != State::Hidden).then(|| record::record(task, &view, call.now.duration_since(task.created)))
    });
    found.ok_or_else(|| Refused::new(422, "recordInfo is null"))
}

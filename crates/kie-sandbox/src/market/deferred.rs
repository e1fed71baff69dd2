//! Tasks of operations that start no task on the classic route.

use serde_json::{Value, json};

use crate::account::{State, Task, View, Work};

use super::call::TASK_DETAILS;

/// A task with the result that the operation has on the classic route.
pub(super) struct Deferred(pub(super) Value);

impl Work for Deferred {
    /// Returns the name of the lookups of the market route, because the classic route has no lookup of such tasks.
    fn lookup(&self) -> &'static str {
        TASK_DETAILS
    }

    fn record(&self, _: &Task, _: &View<'_>) -> Value {
        Value::Null
    }

    /// Returns the result in an envelope. The operation has no callback on the classic route, so this form is not
    /// documented.
    fn callback(&self, task: &Task, view: &View<'_>) -> Value {
        let State::Failed { code, message, .. } = view.state else {
            let mut data = self.0.clone();
            data["taskId"] = json!(task.id);
            return json!({ "code": 200, "msg": "success", "data": data });
        };
        json!({ "code": code, "msg": message, "data": { "taskId": task.id } })
    }

    fn market_result(&self, _: &Task, _: &View<'_>) -> Value {
        self.0.clone()
    }
}

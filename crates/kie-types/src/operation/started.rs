//! Operations that start a task, and the response to such an operation.

use std::{fmt, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, de::Error};

use super::{endpoint::Endpoint, job::Job};
use crate::{
    decode::{answer, any},
    value::TaskId,
};

/// An operation that starts a background task.
pub trait TaskEndpoint: Endpoint<Response = Started<Self::Job>> {
    /// Kind of task that the operation starts.
    type Job: Job;
}

/// An operation that can cost money: every operation that starts a task, and some operations that start no task. In the
/// `kie-suno` client, a call of such an operation can have a name and a receipt, and is not cancelled after it was
/// sent.
///
/// Every [`TaskEndpoint`] implements this trait. Implement the trait for your own paid operation that starts no task.
pub trait PaidEndpoint: Endpoint {}

impl<E: TaskEndpoint> PaidEndpoint for E {}

/// Response to an accepted request: the id of the started task.
#[derive(Serialize)]
#[serde(bound = "", rename_all = "camelCase")]
#[non_exhaustive]
pub struct Started<J> {
    /// Id of the started task, for lookups.
    pub task_id: TaskId<J>,
}

impl<J> Started<J> {
    /// Creates the response, for simulators and tests.
    pub fn new(task_id: impl Into<TaskId<J>>) -> Self {
        Self { task_id: task_id.into() }
    }
}

impl<J> Clone for Started<J> {
    fn clone(&self) -> Self {
        Self { task_id: self.task_id.clone() }
    }
}

impl<J> PartialEq for Started<J> {
    fn eq(&self, other: &Self) -> bool {
        self.task_id == other.task_id
    }
}

impl<J> Eq for Started<J> {}

impl<J: Job> fmt::Debug for Started<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Started").field("task_id", &self.task_id).finish()
    }
}

impl<'de, J> Deserialize<'de> for Started<J> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let answer: Option<Accepted> = any(deserializer)?;
        match answer.and_then(|answer| answer.task_id.or(answer.id)) {
            Some(id) => Ok(Self::new(id)),
            None => Err(D::Error::custom("no task id")),
        }
    }
}

answer! {
    /// Response to an accepted request. The service spells the task id in two ways.
    struct Accepted {
        /// Id of the task.
        task_id: Option<String> = "taskId" | "task_id",
        /// Id of the task, in the oldest responses of the market route.
        id: Option<String> = "id",
    }
}

#[cfg(feature = "schemars")]
impl<J> schemars::JsonSchema for Started<J> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Started".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "An accepted submit: the id to look the task up with.",
            "type": "object",
            "properties": {
                "taskId": { "type": "string" },
                "task_id": { "type": "string", "description": "Another spelling of `taskId`." },
            },
            "anyOf": [{ "required": ["taskId"] }, { "required": ["task_id"] }],
        })
    }
}

/// Maximum number of tasks that an account may start within [`NEW_TASKS_SPAN`]. The service refuses further tasks; it
/// does not queue them.
///
/// Documentation: <https://docs.kie.ai/1973359m0>
pub const NEW_TASKS: usize = 20;

/// Time span in which an account may start at most [`NEW_TASKS`] tasks: 10 seconds.
pub const NEW_TASKS_SPAN: Duration = Duration::from_secs(10);

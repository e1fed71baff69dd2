//! Operations that start a task, and what they answer.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de::Error};

use super::{endpoint::Endpoint, job::Job};
use crate::{
    decode::{answer, any},
    value::TaskId,
};

/// An operation that starts a background task.
pub trait TaskEndpoint: Endpoint<Response = Started<Self::Job>> {
    /// The kind of job it starts.
    type Job: Job;
}

/// An operation that can cost money: every one that starts a task, and some that answer at once. Calls of it can have a name
/// and a receipt, and are never dropped half-way.
///
/// An operation of your own that starts a task is one by itself; implement this for one that answers at once.
pub trait PaidEndpoint: Endpoint {}

impl<E: TaskEndpoint> PaidEndpoint for E {}

/// The answer to an accepted submit: the task's id, and nothing else yet.
#[derive(Serialize)]
#[serde(bound = "", rename_all = "camelCase")]
#[non_exhaustive]
pub struct Started<J> {
    /// The id to look the task up with.
    pub task_id: TaskId<J>,
}

impl<J> Started<J> {
    /// An answer with this id, for services and tests that play the other side.
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
        match answer.and_then(|answer| answer.task_id) {
            Some(id) => Ok(Self::new(id)),
            None => Err(D::Error::custom("no task id")),
        }
    }
}

answer! {
    /// An accepted submit, in the service's two spellings.
    struct Accepted {
        /// The id.
        task_id: Option<String> = "taskId" | "task_id",
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

//! Operations that start a task, and the response to such an operation.

use std::{fmt, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, de::Error};
use serde_json::{Map, Value, json};

use super::{endpoint::Endpoint, job::Job};
use crate::{
    answer::{
        Unreadable,
        envelope::{self, ReadError},
    },
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

/// Response of an operation on the market route. Some operations respond with their result, or start a task that makes
/// the result. The documentation leaves open which of the two happens.
#[derive(Debug, Clone, PartialEq)]
pub enum MarketAnswer<T> {
    /// The response of the operation.
    Result(T),
    /// Id of the task that makes the response.
    Task(String),
}

impl<T> MarketAnswer<T> {
    /// Reads the answer of an operation that responds with its result or with a task id. `is_result` tells if a
    /// response that could be read holds a result. `is_empty_result` tells if the `data` of a response holds a result
    /// without content.
    pub(crate) fn result_or_task<E: Endpoint<Response = T>>(
        http_status: u16,
        body: &[u8],
        is_result: fn(&T) -> bool,
        is_empty_result: fn(&Map<String, Value>) -> bool,
    ) -> Result<Self, ReadError> {
        let read = match E::read(http_status, body) {
            Ok(result) if is_result(&result) => return Ok(Self::Result(result)),
            Err(refused @ ReadError::Refused(_)) => return Err(refused),
            read => read,
        };
        // The result was seen inside of a second envelope, and one level below `data`.
        if let Ok(Value::Object(inner)) = envelope::open::<Value>(http_status, body) {
            if inner.contains_key("code") {
                match E::read(http_status, Value::from(inner.clone()).to_string().as_bytes()) {
                    Ok(result) if is_result(&result) => return Ok(Self::Result(result)),
                    Err(refused @ ReadError::Refused(_)) => return Err(refused),
                    _ => {}
                }
            }
            for data in inner.into_iter().map(|(_, data)| data).filter(Value::is_object) {
                match E::read(http_status, json!({ "code": 200, "data": data }).to_string().as_bytes()) {
                    Ok(result) if is_result(&result) => return Ok(Self::Result(result)),
                    _ => {}
                }
            }
        }
        if let Some(id) = envelope::task_id(http_status, body) {
            return Ok(Self::Task(id));
        }
        let data = envelope::data::<Map<String, Value>>(body).unwrap_or_default();
        match read {
            Ok(_) if !is_empty_result(&data) => {
                let reason = "the answer holds neither a result nor a task id";
                Err(ReadError::Unreadable(Unreadable::new(http_status, body, reason)))
            }
            read => read.map(Self::Result),
        }
    }
}

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
        crate::describe::answer(
            &["Response to an accepted request: the id of the started task. The service spells it in two ways."],
            [(
                "taskId",
                &["task_id"],
                &["Id of the started task, for lookups."],
                schemars::json_schema!({ "type": "string" }),
            )],
        )
    }
}

/// Maximum number of tasks that an account may start within [`NEW_TASKS_SPAN`]. The service refuses further tasks; it
/// does not queue them.
///
/// Documentation: <https://docs.kie.ai/1973359m0>
pub const NEW_TASKS: usize = 20;

/// Time span in which an account may start at most [`NEW_TASKS`] tasks: 10 seconds.
pub const NEW_TASKS_SPAN: Duration = Duration::from_secs(10);

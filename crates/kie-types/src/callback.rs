//! Callbacks: what the service pushes to a `callBackUrl`.

use serde::{Deserialize, Serialize};

use crate::{
    error::Unreadable,
    id::TaskId,
    job::{Job, Push, State},
    tolerant::{Object, any},
};

/// A callback about a task of the kind `J`.
///
/// The webhook signature covers the task id and the time, **not this body**: whoever has seen one signed callback can
/// send another body with it. So treat a callback as the word that something changed, and look the task up before
/// acting on what it says.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(bound = "")]
#[non_exhaustive]
pub struct Callback<J: Job> {
    /// 200 if the stage was reached; else why it was not.
    pub code: i64,
    /// The service's words for it; empty if it said nothing.
    pub msg: String,
    /// The task. It stands in one of four places, or in none.
    #[serde(rename = "taskId")]
    pub task_id: Option<TaskId<J>>,
    /// What is particular to this kind of job.
    pub data: J::Callback,
}

#[derive(Deserialize)]
#[serde(bound = "P: serde::de::DeserializeOwned")]
struct Body<P> {
    #[serde(default, deserialize_with = "any")]
    code: Option<i64>,
    #[serde(default, deserialize_with = "any")]
    msg: Option<String>,
    #[serde(default, deserialize_with = "any")]
    data: Option<Object<P>>,
    #[serde(default, rename = "taskId", deserialize_with = "any")]
    camel: Option<String>,
    #[serde(default, rename = "task_id", deserialize_with = "any")]
    snake: Option<String>,
}

impl<J: Job> Callback<J> {
    /// Reads the body of a callback.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] if it is not a JSON object.
    pub fn parse(body: &[u8]) -> Result<Self, Unreadable> {
        serde_json::from_slice(body).map_err(|error| Unreadable::new(200, body, error.to_string()))
    }

    /// How far the task has come, if the body is to be believed.
    pub fn state(&self) -> State {
        self.data.state(self.code, &self.msg)
    }

    /// What there is of the output by now, if the body is to be believed.
    pub fn output(&self) -> Option<J::Output> {
        self.data.output()
    }
}

/// Reads back what [`Callback`] prints, and what the service sends.
impl<'de, J: Job> Deserialize<'de> for Callback<J> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let body = Body::<J::Callback>::deserialize(deserializer)?;
        let data = body.data.map(|Object(data)| data).unwrap_or_default();
        let task_id = data.task_id().map(TaskId::from).or(body.camel.or(body.snake).map(TaskId::from));
        Ok(Self { code: body.code.unwrap_or_default(), msg: body.msg.unwrap_or_default(), task_id, data })
    }
}

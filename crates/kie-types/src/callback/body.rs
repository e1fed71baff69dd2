//! Callbacks: bodies that the service sends to a `callBackUrl`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    answer::Unreadable,
    decode::{Object, decode, repair},
    market::MarketRecord,
    operation::{CallbackPayload, Job, Output, Record, Report, TaskState},
    price::Credits,
    value::{JsonText, TaskId},
};

/// A callback about a task of the kind `J`.
///
/// The webhook signature covers the task id and the time, **not this body**. A person who knows one signed callback can
/// send another body with the same signature. So use a callback only as a signal that something changed, and look the
/// task up before you act on the content of the body.
#[derive(Clone, PartialEq, Serialize)]
#[serde(bound = "")]
#[non_exhaustive]
pub struct Callback<J: Job> {
    /// Code 200 if the task reached a stage, or the code of the failure if the task failed. A body without `code` can
    /// have the code of the failure as `failCode` or `errorCode`. 0 if the body has no code.
    pub code: i64,
    /// Message of the service. A body without `msg` can have the message of the failure as `failMsg` or `errorMessage`.
    /// Empty if the body has no message.
    pub msg: String,
    /// Id of the task. It is read from any of the four places where a body can have it. `None` if the body has no id.
    #[serde(rename = "taskId")]
    pub task_id: Option<TaskId<J>>,
    /// The `data` of the callback. Each kind of task has its own type of data.
    pub data: J::Callback,
    /// Record of the task. KIE documents for the market route that callbacks have the record in place of `data`. `None`
    /// for a callback in the form of the classic route, which KIE documents for both routes.
    #[serde(rename = "marketRecord", skip_serializing_if = "Option::is_none")]
    pub record: Option<Box<J::Record>>,
}

#[derive(Default)]
struct Body<P> {
    code: Option<i64>,
    msg: Option<String>,
    fail_code: Option<i64>,
    fail_msg: Option<String>,
    data: Option<Object<P>>,
    camel: Option<String>,
    snake: Option<String>,
    record: Option<JsonText>,
}

decode! {
    Body<P> {
        code = "code",
        msg = "msg",
        fail_code = "failCode" | "errorCode",
        fail_msg = "failMsg" | "errorMessage",
        data = "data",
        camel = "taskId",
        snake = "task_id",
        record = "marketRecord",
    }
}

/// Body of a callback whose `data` is a record of the market route.
#[derive(Default)]
struct MarketBody {
    data: Option<Object<MarketRecord>>,
}

decode! {
    MarketBody {
        data = "data",
    }
}

/// Returns `false` if the `data` of a body is certainly no record of the market route. This check needs much less time
/// than parsing the body.
fn may_be_market(body: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(body) else { return true };
    text.contains("\"state\"") && ["\"resultJson\"", "\"failCode\"", "\"model\""].iter().any(|key| text.contains(key))
}

/// Returns the record of the market route in the `data` of a body, or in place of the whole body.
fn market_record(body: &[u8]) -> Option<MarketRecord> {
    let record = match repair::read(body).ok()? {
        MarketBody { data: Some(Object(record)) } => record,
        MarketBody { data: None } => repair::read(body).ok()?,
    };
    record.is_record().then_some(record)
}

impl<J: Job> Callback<J> {
    /// Reads the body of a callback.
    ///
    /// # Errors
    ///
    /// [`Unreadable`] if the body is not a JSON object.
    pub fn parse(body: &[u8]) -> Result<Self, Unreadable> {
        let read: Body<J::Callback> =
            repair::read(body).map_err(|error| Unreadable::new(200, body, error.to_string()))?;
        let data = read.data.map(|Object(data)| data).unwrap_or_default();
        let task_id = data.task_id().map(TaskId::from).or(read.camel.or(read.snake).map(TaskId::from));
        let code = read.code.or(read.fail_code).unwrap_or_default();
        let msg = read.msg.or(read.fail_msg).unwrap_or_default();
        let market = if may_be_market(body) { market_record(body) } else { None };
        let record = match market {
            Some(record) if matches!(code, 200 | 0) => Some(J::of_market(&record)),
            Some(record) => Some(J::of_market(&record.or_failed(code, &msg))),
            None => read.record.and_then(|record| record.parse().ok()),
        };
        Ok(Self { code, msg, task_id, data, record: record.map(Box::new) })
    }

    /// Returns the state of the task according to the body of the callback. The body is not signed.
    ///
    /// A body without a code is judged by its content. Results mean a success or a stage. A reported failure means that
    /// the task failed. With neither of them, the task is running.
    pub fn state(&self) -> TaskState {
        match &self.record {
            Some(record) => record.state(),
            None => self.data.state(self.code, &self.msg),
        }
    }

    /// Returns the results that the body of the callback contains. The body is not signed. Some results may be
    /// unfinished.
    pub fn output(&self) -> Option<J::Output> {
        let of_record = self.record.as_ref().and_then(|record| record.output());
        of_record.filter(|output| !output.items().is_empty()).or_else(|| self.data.output())
    }

    /// Returns the credits that the task cost, according to the body of the callback. The body is not signed. Returns
    /// `None` if the callback has no [`record`](Self::record).
    pub fn credits_consumed(&self) -> Option<Credits> {
        self.record.as_ref()?.credits_consumed()
    }
}

impl Report {
    /// Creates the report of a task from a callback. The body of a callback is not signed.
    pub fn of_callback<J: Job>(callback: &Callback<J>) -> Self {
        let task_id = callback.task_id.as_ref().map(TaskId::as_str);
        Self { credits: callback.credits_consumed(), ..Self::of(task_id, callback.state(), callback.output()) }
    }
}

impl<J: Job> fmt::Debug for Callback<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::text::redacted::debug("Callback", self, f)
    }
}

/// Reads the JSON that the service sends, and also the JSON that [`Serialize`] writes for a callback.
impl<'de, J: Job> Deserialize<'de> for Callback<J> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let body = serde_json::Value::deserialize(deserializer)?;
        Self::parse(body.to_string().as_bytes()).map_err(serde::de::Error::custom)
    }
}

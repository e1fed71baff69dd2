//! Events of a sandbox, for its observer.

use kie_types::{Credits, Route, Stage, Timestamp};
use serde::{Serialize, Serializer};

/// Something that happened at a sandbox. See [`SandboxBuilder::observer`](crate::SandboxBuilder::observer).
///
/// `Display` prints one line with the time of day in UTC. `Serialize` writes an object whose key `event` is `request`,
/// `task` or `callback`. Both are safe to print: a text from outside is on one line of at most 200 characters, and
/// [dangerous](kie_types::text::is_dangerous) characters are escaped. No event has a key, a query of an address, or
/// the content of a request.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "camelCase")]
#[non_exhaustive]
pub enum SandboxEvent {
    /// A request was handled.
    Request(RequestEvent),
    /// A task changed its state.
    Task(TaskEvent),
    /// An attempt to send a callback has ended, or a callback is not sent.
    Callback(CallbackEvent),
}

/// A request that was handled, and its response.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RequestEvent {
    /// Time of the response on the clock of the account.
    #[serde(serialize_with = "utc")]
    pub time: Timestamp,
    /// The HTTP method.
    pub method: String,
    /// Path of the request, without its query.
    pub path: String,
    /// Name of the operation, as in [`Received::operation`](crate::Received::operation). It is empty for an unknown path
    /// or slug.
    pub operation: &'static str,
    /// Slug of the operation that was started on the market route.
    pub slug: Option<&'static str>,
    /// HTTP status of the response. `None` if no response is sent.
    pub status: Option<u16>,
    /// Code in the body of the response. `None` if the body is not JSON, or if no response is sent.
    pub code: Option<i64>,
    /// Message in the body of the response, if the code is not 200.
    pub message: Option<String>,
    /// Id of the task that was started or looked up. A task may have been started although no response is sent.
    pub task_id: Option<String>,
    /// Price of the request in credits. `None` if it cost nothing.
    pub charged: Option<Credits>,
    /// Balance after the request, in credits.
    pub balance: Credits,
    /// [Name](crate::Fault::name) of the fault that was applied to the request.
    pub fault: Option<&'static str>,
}

/// A task that changed its state.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TaskEvent {
    /// Time of the change on the clock of the account.
    #[serde(serialize_with = "utc")]
    pub time: Timestamp,
    /// Id of the task.
    pub task_id: String,
    /// Name of the operation that started the task.
    pub operation: &'static str,
    /// Route on which the task was started.
    #[serde(serialize_with = "word")]
    pub route: Route,
    /// Status word of the task, as in [`TaskEntry::status`](crate::TaskEntry::status).
    pub status: String,
    /// Last stage of which a lookup shows the results.
    pub stage: Option<Stage>,
    /// Code of a failure.
    pub code: Option<i64>,
    /// Message of a failure.
    pub message: Option<String>,
    /// Price that a failure refunded, in credits.
    pub refunded: Option<Credits>,
    /// Balance after the change, in credits.
    pub balance: Credits,
}

/// An attempt to send a callback.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CallbackEvent {
    /// Time of the end of the attempt on the clock of the account.
    #[serde(serialize_with = "utc")]
    pub time: Timestamp,
    /// Id of the task.
    pub task_id: String,
    /// Status word of the task that the callback reports, as in [`TaskEntry::status`](crate::TaskEntry::status).
    pub reports: String,
    /// Address of the receiver, without its query and without a user name.
    pub url: String,
    /// Number of the attempt, from 1. It is 0 if the callback is not sent.
    pub attempt: u32,
    /// Outcome of the attempt.
    pub outcome: CallbackOutcome,
    /// HTTP status of the response. `None` if there was no response.
    pub status: Option<u16>,
    /// `true` if the callback has a signature. The signature may be wrong because of a fault.
    pub signed: bool,
    /// [Name](crate::CallbackFault::name) of the fault that was applied to the callback.
    pub fault: Option<&'static str>,
}

/// Outcome of an attempt to send a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum CallbackOutcome {
    /// The receiver responded. After a response without HTTP status 200, the callback is sent again.
    Answered,
    /// The receiver did not respond in time, or there is no receiver at this address.
    Unanswered,
    /// Not sent because of the fault [`CallbackFault::Lost`](crate::CallbackFault::Lost).
    Lost,
    /// Not sent because of the script [`TaskScript::Undelivered`](crate::TaskScript::Undelivered).
    Undelivered,
    /// Not sent because the address is not plain http on loopback.
    NotLoopback,
}

fn utc<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    time.to_utc().serialize(serializer)
}

pub(crate) fn word<S: Serializer>(route: &Route, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(route.as_str())
}

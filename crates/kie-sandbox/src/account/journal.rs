//! Public records of requests, tasks and callbacks.

use std::time::Duration;

use kie_types::Credits;
use serde_json::Value;

use crate::script::CallbackFault;

/// A request that was received, with or without success.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Received {
    /// Name of the operation, [`FILES`](crate::FILES) for a file, or empty for any other path.
    pub operation: &'static str,
    /// The HTTP method.
    pub method: String,
    /// Path with the query.
    pub path: String,
    /// The JSON body, or the text of a body that is not JSON. Without a body: the fields of the query, or null if there
    /// is no query.
    pub body: Value,
    /// `true` if the request had a bearer token.
    pub bearer: bool,
    /// Time of arrival, counted from the opening of the account.
    pub at: Duration,
}

/// A task that a request started.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TaskEntry {
    /// Id of the task.
    pub id: String,
    /// Operation that started the task.
    pub operation: &'static str,
    /// Price in credits. A failure with code 531 refunded it.
    pub paid: Credits,
    /// Status word that the record of the task shows now, or `PENDING` while the record is hidden.
    pub status: String,
}

/// A callback of a task, sent or only recorded.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SentCallback {
    /// Id of the task.
    pub task_id: String,
    /// Address of the receiver.
    pub url: String,
    /// Body of the callback.
    pub body: Value,
    /// Headers by their names on the wire.
    pub headers: Vec<(String, String)>,
    /// Fault that was applied to this callback.
    pub callback_fault: Option<CallbackFault>,
    /// Number of times it was sent. 0 means that it was only recorded. More than 1 means that the receiver did not
    /// answer with status 200, or that a fault was applied.
    pub attempts: u32,
    /// HTTP status of the receiver's last response, if there was one.
    pub status: Option<u16>,
}

impl SentCallback {
    /// Returns `true` if it was sent, and `false` if it was only recorded.
    pub fn sent(&self) -> bool {
        self.attempts > 0
    }
}

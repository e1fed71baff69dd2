//! Public entries of the journal, the sandbox's list of requests, tasks and callbacks.

use std::time::Duration;

use kie_types::Credits;
use serde_json::Value;

use crate::script::CallbackFault;

/// A request that the sandbox received. The request may have been refused.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Received {
    /// Name of the operation. For a request for a file, it is [`FILES`](crate::FILES). For an unknown path, it is
    /// empty.
    pub operation: &'static str,
    /// The HTTP method.
    pub method: String,
    /// Path of the request, with its query.
    pub path: String,
    /// The JSON body of the request. If the body is not JSON, this is a JSON string with the text of the body. If there
    /// is no body, this is an object with the fields of the query, or null if there is no query.
    pub body: Value,
    /// `true` if the request had a bearer token.
    pub bearer: bool,
    /// Time from the creation of the account to the arrival of the request.
    pub at: Duration,
}

/// A task that a request started.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TaskEntry {
    /// Id of the task.
    pub id: String,
    /// Name of the operation that started the task.
    pub operation: &'static str,
    /// Price of the task in credits. If the task fails with code 531, the service refunds the price, but this field
    /// does not change.
    pub paid: Credits,
    /// Status word that a lookup of the task returns now. It is `PENDING` while lookups do not find the task.
    pub status: String,
}

/// A callback of a task. The callback was sent, or it was only recorded in the journal.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SentCallback {
    /// Id of the task.
    pub task_id: String,
    /// Address of the receiver of the callback.
    pub url: String,
    /// Body of the callback.
    pub body: Value,
    /// Names and values of the HTTP headers.
    pub headers: Vec<(String, String)>,
    /// Fault that was applied to this callback, or `None` if there was no fault.
    pub callback_fault: Option<CallbackFault>,
    /// Number of times that the callback was sent. 0 means that the callback was only recorded. More than 1 means that
    /// the receiver did not respond with HTTP status 200, or that a fault sent the callback more than once.
    pub attempts: u32,
    /// HTTP status of the receiver's last response. `None` if the receiver never responded.
    pub status: Option<u16>,
}

impl SentCallback {
    /// Returns `true` if the callback was sent, and `false` if it was only recorded.
    pub fn sent(&self) -> bool {
        self.attempts > 0
    }
}

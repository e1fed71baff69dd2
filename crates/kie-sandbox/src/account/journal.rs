//! What came in and what went out.

use std::time::Duration;

use kie_types::Credits;
use serde_json::Value;

use crate::script::CallbackFault;

/// A request that was received, whatever became of it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Received {
    /// The operation's name, [`FILES`](crate::FILES) for a file, or empty for anything else.
    pub operation: &'static str,
    /// The HTTP method.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// The JSON body; the text of a body that is not JSON. Without a body the fields of the query, and null without both.
    pub body: Value,
    /// Whether a bearer token came with it.
    pub bearer: bool,
    /// When it came, counted from the opening of the account.
    pub at: Duration,
}

/// A task that a request started.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TaskEntry {
    /// Its id.
    pub id: String,
    /// The operation that started it.
    pub operation: &'static str,
    /// What it cost. A failure with code 531 gave this back.
    pub paid: Credits,
    /// The status word that its record shows by now, or `PENDING` while the record is hidden.
    pub status: String,
}

/// A callback that was due.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct SentCallback {
    /// The task it tells of.
    pub task_id: String,
    /// The address it is for.
    pub url: String,
    /// Its body.
    pub body: Value,
    /// Its headers, by their names on the wire.
    pub headers: Vec<(String, String)>,
    /// What went wrong with it on its way.
    pub callback_fault: Option<CallbackFault>,
    /// How often it was sent: 0 for one that was only booked, and more than 1 if the receiver did not answer 200 or
    /// something went wrong.
    pub attempts: u32,
    /// The HTTP status of the receiver's last answer, if it gave one.
    pub status: Option<u16>,
}

impl SentCallback {
    /// Whether it was sent, rather than only booked.
    pub fn sent(&self) -> bool {
        self.attempts > 0
    }
}

//! Public entries of the journal, the sandbox's list of requests, tasks and callbacks.

use std::time::Duration;

use kie_types::{Credits, Route, Stage};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::{events, script::CallbackFault};

/// A request that the sandbox received. The request may have been refused.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Received {
    /// Name of the operation on either route. For a request for a file, it is [`FILES`](crate::FILES). For a lookup on
    /// the market route, it is the operation that looks up tasks of this kind on the classic route, and
    /// [`TASK_DETAILS`](crate::TASK_DETAILS) if there is no such operation or no such task. For the catalogue of the
    /// market route, it is [`MODELS`](crate::MODELS). It is empty if no operation has this HTTP method and path, or this
    /// slug.
    pub operation: &'static str,
    /// The HTTP method.
    pub method: String,
    /// Path of the request, with its query.
    pub path: String,
    /// The JSON body of the request. For a multipart form, this is an object with the fields of the form, and with the
    /// name of the file in place of the file. For another body that is not JSON, this is a string with the text of the
    /// body. If there is no body, this is an object with the fields of the query, or null if there is no query.
    pub body: Value,
    /// `true` if the request had an `Authorization` header with the scheme `Bearer`. The token may be empty or wrong.
    pub bearer: bool,
    /// [Name](crate::Fault::name) of the fault that was applied to the request, or `None` if there was no fault. A
    /// function that chooses faults is called before, and finds `None`.
    pub fault: Option<&'static str>,
    /// Time from the creation of the account to the arrival of the request. In JSON, it is a number of seconds with the
    /// name `atSeconds`.
    #[serde(rename = "atSeconds", serialize_with = "seconds")]
    pub at: Duration,
}

/// A task that a request started.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TaskEntry {
    /// Id of the task.
    pub id: String,
    /// Name of the operation that started the task.
    pub operation: &'static str,
    /// Kind of the task, such as `music`. `None` if the operation starts tasks only on the market route.
    pub kind: Option<&'static str>,
    /// Route on which the task was started.
    #[serde(serialize_with = "events::word")]
    pub route: Route,
    /// Price of the task in credits. If the task fails with code 531, the service refunds the price, but this field
    /// does not change. On the market route, every failure refunds the price.
    pub paid: Credits,
    /// `true` if the task has failed and its price was refunded.
    pub refunded: bool,
    /// Status word that a lookup of the task returns now. While lookups do not find the task, it is the word of a task
    /// that has not begun, such as `PENDING`. Lookups of MIDI, cover and recovery tasks return no word. For these
    /// tasks, it is the word that a music task in the same state has. Tasks of the market route have the words of the
    /// classic route too.
    pub status: String,
}

/// A callback of a task. The journal also has callbacks that are not sent.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SentCallback {
    /// Id of the task.
    pub task_id: String,
    /// Last stage of which the callback reports the results. `None` if the callback reports a failure without results.
    pub stage: Option<Stage>,
    /// Address of the receiver of the callback.
    pub url: String,
    /// Body of the callback.
    pub body: Value,
    /// Names and values of the HTTP headers. In JSON, they are an object.
    #[serde(serialize_with = "object")]
    pub headers: Vec<(String, String)>,
    /// Fault that was applied to this callback, or `None` if there was no fault. In JSON, it is the
    /// [name](CallbackFault::name) of the fault.
    #[serde(rename = "fault", serialize_with = "name")]
    pub callback_fault: Option<CallbackFault>,
    /// Number of attempts to send the callback that have ended. 0 means that the callback was only recorded, or that
    /// the first attempt has not ended yet. More than 1 means that an attempt got no response with HTTP status 200, or
    /// that a fault sent the callback twice.
    pub attempts: u32,
    /// HTTP status of the receiver's last response. `None` if the receiver never responded.
    pub status: Option<u16>,
}

impl SentCallback {
    /// Returns `true` if at least one attempt to send the callback has ended, even if the receiver did not respond.
    pub fn sent(&self) -> bool {
        self.attempts > 0
    }
}

fn seconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(time.as_secs_f64())
}

fn object<S: Serializer>(pairs: &[(String, String)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(name, value)| (name, value)))
}

fn name<S: Serializer>(fault: &Option<CallbackFault>, serializer: S) -> Result<S::Ok, S::Error> {
    fault.as_ref().map(CallbackFault::name).serialize(serializer)
}

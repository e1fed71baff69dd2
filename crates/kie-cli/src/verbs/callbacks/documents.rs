//! The JSON documents of this room.

use std::collections::BTreeMap;

use kie_suno::records::Report;
use serde::{Deserialize, Serialize};

use super::guard::Refusal;

/// First line of `kie listen`.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct ListenStarted {
    pub(super) event: StartedEvent,
    /// Address that receives callbacks.
    pub(super) url: String,
    /// `true` if signatures are verified, because there is a webhook key.
    pub(super) verifies: bool,
    /// `true` if callbacks without a signature are accepted.
    #[serde(rename = "allowsUnsigned")]
    pub(super) allows_unsigned: bool,
    /// Address to which accepted callbacks are forwarded. `None` if they are not forwarded.
    pub(super) forward: Option<String>,
}

/// Word for the first line.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(super) enum StartedEvent {
    /// The command receives callbacks from now on.
    Started,
}

/// A callback that `kie listen` received, on one line. `kie replay` sends it again.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReceivedCallback {
    pub(super) event: CallbackWord,
    /// Time of the arrival in UTC.
    pub(super) time: String,
    /// HTTP status of the response to the sender.
    pub(super) status: u16,
    /// Reason of the refusal. `None` if the callback was accepted.
    pub(super) refused: Option<Refusal>,
    /// `true` if the signature was made with a webhook key, recently. The signature covers the id of the task and the
    /// time, and not the body.
    pub(super) verified: bool,
    /// `true` if the same callback was accepted before.
    pub(super) redelivery: bool,
    /// Kind of the task, such as `music`. `None` if the body does not show it.
    pub(super) kind: Option<String>,
    /// Id of the task. `None` if the callback was refused.
    pub(super) task_id: Option<String>,
    /// Content of the body, which is not signed. `None` if the kind of the task is not known, or if the callback was
    /// refused.
    pub(super) report: Option<Report>,
    /// Query in the address of the callback. `None` if there was none.
    pub(super) query: Option<String>,
    /// The headers `Content-Type`, `X-Webhook-Timestamp` and `X-Webhook-Signature`, as far as they came.
    pub(super) headers: BTreeMap<String, String>,
    /// Unchanged body. `None` if the callback was refused, so that strangers cannot fill a disk, or if it is not UTF-8
    /// text.
    pub(super) body: Option<String>,
    /// Result of forwarding. `None` if the callback was not forwarded.
    pub(super) forward: Option<Answer>,
}

/// Word for the line of a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(super) enum CallbackWord {
    /// A callback was received.
    Callback,
}

/// Result of one attempt to send a callback.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct Answer {
    /// HTTP status of the response. `None` if there was no response.
    pub(super) status: Option<u16>,
    /// Reason why there was no response. `None` if there was one.
    pub(super) error: Option<String>,
}

impl Answer {
    /// Returns `true` if the receiver responded with a status from 200 to 299.
    pub(super) fn is_success(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.status, &self.error) {
            (Some(status), _) => write!(f, "HTTP {status}"),
            (None, Some(error)) => f.write_str(error),
            (None, None) => f.write_str("no response"),
        }
    }
}

/// Callbacks that `kie trigger` or `kie replay` sent or printed.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct SentCallbacks {
    /// Address of the receiver. `None` if the callbacks were only printed.
    pub(super) to: Option<String>,
    /// The callbacks, in the order in which they were sent.
    pub(super) callbacks: Vec<SentCallback>,
}

/// One callback.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(super) struct SentCallback {
    /// Name of the callback, such as `music.complete`. `None` for a stored callback.
    pub(super) name: Option<&'static str>,
    /// Id of the task.
    pub(super) task_id: String,
    /// The headers of the callback.
    pub(super) headers: BTreeMap<String, String>,
    /// The body.
    pub(super) body: String,
    /// Results of the attempts to send it. Empty if it was only printed.
    pub(super) answers: Vec<Answer>,
}

/// All callbacks that `kie trigger` can send.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct AllSamples {
    /// The callbacks of the route.
    pub(super) callbacks: Vec<ListedSample>,
}

/// A callback that `kie trigger` can send.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct ListedSample {
    /// Name of the callback, such as `music.complete`.
    pub(super) name: &'static str,
    /// Event that the callback reports.
    pub(super) about: &'static str,
    /// Operation that starts the task, such as `generate-music`.
    pub(super) operation: &'static str,
}

//! Faults of requests and callbacks, and scripts of tasks.

use std::time::Duration;

use kie_types::Stage;
use serde::Deserialize;
use serde_json::Value;

use super::{
    forms::{CallbackFaultForm, FaultForm, TaskScriptForm},
    words,
};

/// A fault of one request. See [`Sandbox::fault`](crate::Sandbox::fault). For faults of connections, see
/// [`Wire`](crate::Wire).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "FaultForm")]
#[non_exhaustive]
pub enum Fault {
    /// Handles the request as usual, so that a task may be started and paid for. Then closes the connection without a
    /// response.
    DropResponse,
    /// Refuses the request, and starts no task. Reasons are too many requests (429, 430), maintenance (455) or others:
    /// see [`Fault::refuse`].
    Refuse {
        /// HTTP status of the response. The live service refuses with HTTP status 200: only the body says that the
        /// request was refused.
        http_status: u16,
        /// Code in the body of the response.
        code: i64,
        /// Message in the body of the response.
        msg: String,
    },
    /// Handles the request as usual, so that a task may be started and paid for. Then responds with this code and this
    /// message. The `data` of the response does not change, so the refusal contains the id of the started task.
    RefuseStarted {
        /// Code in the body of the response.
        code: i64,
        /// Message in the body of the response.
        msg: String,
    },
    /// Starts no task, and responds with the HTML error page of a proxy.
    ErrorPage {
        /// HTTP status, such as 502.
        http_status: u16,
    },
    /// Handles the request, but sends only the first half of the response: half of the JSON, or half of a file. The
    /// header `Content-Length` states the length of this half.
    HalfBody,
    /// Handles the request, and responds with HTTP status 200 and an empty body. The real file hosts do so for a stream
    /// that is some hours old.
    EmptyBody,
    /// Handles the request and never responds.
    Hang,
    /// Handles the request, so that a task may be started and paid for. Then responds with code 200, with no id and no
    /// message. Changes only responses that start a task.
    NoTaskId,
    /// Handles a lookup on the market route. In the response, the quotes of the repeated request (`param` and
    /// `paramJson`) are escaped wrongly, so that the body is not JSON. The live service did so in September 2026. Does
    /// not change other responses.
    BrokenEcho,
    /// Handles a lookup on the market route. In the response, `resultJson` has only its first half. Its copy `response`
    /// is complete. Does not change other responses, and records without a result.
    DamagedResult,
    /// Responds with another fault, and asks for a pause with the header `Retry-After`.
    RetryAfter {
        /// The pause, of which only whole seconds count.
        pause: Duration,
        /// The fault.
        fault: Box<Self>,
    },
}

impl Fault {
    /// Returns a fault that refuses a request with this code and the service's own message. For a code that is not in
    /// the table, the message is `refused`. The HTTP status is 200, like that of the live service.
    ///
    /// | code | meaning |
    /// | --- | --- |
    /// | 400 | the body is not JSON, or has words that are not allowed |
    /// | 401 | the key is wrong |
    /// | 402 | not enough credits |
    /// | 404 | no such path |
    /// | 405 | too many requests; documented only for lyrics |
    /// | 409 | the requested result already exists |
    /// | 413 | the idea for lyrics is too long |
    /// | 422 | a rule is broken, or there is no such record |
    /// | 429, 430 | too many requests |
    /// | 451 | a file could not be fetched |
    /// | 455 | maintenance |
    /// | 500 | server error |
    /// | 505 | the feature is disabled |
    ///
    /// ```
    /// use kie_sandbox::{Fault, Sandbox};
    ///
    /// let sandbox = Sandbox::default();
    /// sandbox.fault("generate-music", Fault::refuse(430));
    /// ```
    pub fn refuse(code: i64) -> Self {
        Self::refuse_with_message(code, words::of_refusal(code))
    }

    /// Returns a fault that refuses a request with this code and this message. The message can change the meaning of
    /// the code. For example, 429 with the message `insufficient credits` is not a rate limit.
    pub fn refuse_with_message(code: i64, msg: impl Into<String>) -> Self {
        Self::Refuse { http_status: 200, code, msg: msg.into() }
    }

    /// Returns a fault that starts no task and responds with the HTML error page of a proxy. `http_status` is the HTTP
    /// status of the response, such as 502.
    pub fn error_page(http_status: u16) -> Self {
        Self::ErrorPage { http_status }
    }

    /// Returns the same fault, whose response also asks for a pause with the header `Retry-After`.
    ///
    /// ```
    /// use std::time::Duration;
    /// use kie_sandbox::{Fault, Sandbox};
    ///
    /// let sandbox = Sandbox::default();
    /// sandbox.fault("get-music-details", Fault::error_page(503).with_retry_after(Duration::from_secs(30)));
    /// ```
    #[must_use]
    pub fn with_retry_after(self, pause: Duration) -> Self {
        Self::RetryAfter { pause, fault: Box::new(self) }
    }
}

/// The scripted behaviour of one task. See [`Sandbox::script_task`](crate::Sandbox::script_task).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "TaskScriptForm")]
#[non_exhaustive]
pub enum TaskScript {
    /// The task fails at the time at which it would reach its first stage, or the stage after `after`. A failure with
    /// code 531 refunds the credits.
    Fails {
        /// Status word in the response to a lookup, such as `GENERATE_AUDIO_FAILED`. If this text is empty, the usual
        /// word of this kind of task is used.
        status: String,
        /// Code in the response to a lookup and in the callback.
        code: i64,
        /// Message in the response to a lookup and in the callback.
        message: String,
        /// Last stage that the task reaches before it fails. `None` if it reaches no stage. The response to a lookup of
        /// a failed music task still has the tracks as they were at this stage.
        after: Option<Stage>,
    },
    /// The callbacks of the task are recorded, but not sent. The last status word of the task is `CALLBACK_EXCEPTION`.
    /// Kinds of tasks that do not have this word (voice, voice validation, MIDI, cover and recovery) are shown as a
    /// success.
    Undelivered {
        /// `true` if the response to a lookup has the results. Covers and recoveries have them in any case.
        with_tracks: bool,
    },
    /// The task runs normally. For this time after its creation, lookups do not find the task.
    HiddenFor(Duration),
    /// The task runs normally. For this time after its creation, the file host does not have its final files, although
    /// the response to a lookup may have their links. The host has the streams and the images earlier.
    ServedAfter(Duration),
    /// At first, the task has this unknown status word. Then the task runs normally. The unknown word is shown for 10
    /// seconds with [`Speed::Live`](crate::Speed::Live), and for 0.2 seconds with [`Speed::Fast`](crate::Speed::Fast)
    /// and [`Speed::Instant`](crate::Speed::Instant).
    UnknownStatus(String),
}

impl TaskScript {
    /// Returns a script in which the task fails with this code. The message is the service's own message for the code.
    /// The status word is the usual word of the task's kind.
    ///
    /// | code | meaning |
    /// | --- | --- |
    /// | 400 | the request has words that are not allowed |
    /// | 408 | timeout |
    /// | 413 | the uploaded audio matches an existing work |
    /// | 451 | a file could not be fetched |
    /// | 500, 501 | general failure |
    /// | 531 | general failure, with the credits refunded |
    ///
    /// ```
    /// use kie_sandbox::{TaskScript, Sandbox};
    ///
    /// let sandbox = Sandbox::default();
    /// sandbox.script_task(TaskScript::fails(501));
    /// ```
    pub fn fails(code: i64) -> Self {
        Self::fails_as("", code)
    }

    /// Returns a script in which the task fails with this code and this status word. The known words are:
    ///
    /// | tasks | statuses |
    /// | --- | --- |
    /// | music | `CREATE_TASK_FAILED`, `GENERATE_AUDIO_FAILED`, `SENSITIVE_WORD_ERROR` |
    /// | lyrics | `CREATE_TASK_FAILED`, `GENERATE_LYRICS_FAILED`, `SENSITIVE_WORD_ERROR` |
    /// | wav | `CREATE_TASK_FAILED`, `GENERATE_WAV_FAILED` |
    /// | video | `CREATE_TASK_FAILED`, `GENERATE_MP4_FAILED` |
    /// | separation | `CREATE_TASK_FAILED`, `GENERATE_AUDIO_FAILED` |
    /// | midi | `CREATE_TASK_FAILED`, or any other word; the response to a lookup has a number instead of the word |
    /// | voice validation | `processing_validate_fail`, `fail` |
    /// | voice | `processing_validate_fail`, `fail` |
    ///
    /// For covers and recoveries, the response to a lookup has no status word.
    ///
    /// ```
    /// use kie_sandbox::TaskScript;
    ///
    /// let script = TaskScript::fails_as("SENSITIVE_WORD_ERROR", 400);
    /// assert!(matches!(script, TaskScript::Fails { code: 400, .. }));
    /// ```
    pub fn fails_as(status: impl Into<String>, code: i64) -> Self {
        Self::Fails { status: status.into(), code, message: words::of_failure(code).into(), after: None }
    }

    /// Returns a script in which the task reaches this stage, and then fails with this code. The message and the status
    /// word are the usual ones, as for [`fails`](Self::fails).
    ///
    /// ```
    /// use kie_sandbox::{Sandbox, TaskScript};
    /// use kie_types::Stage;
    ///
    /// let sandbox = Sandbox::default();
    /// sandbox.script_task(TaskScript::fails_after(Stage::First, 501));
    /// ```
    pub fn fails_after(stage: Stage, code: i64) -> Self {
        Self::Fails { status: String::new(), code, message: words::of_failure(code).into(), after: Some(stage) }
    }

    /// Returns a script in which the callbacks of the task are recorded, but not sent. If `with_tracks` is `true`, the
    /// response to a lookup has the results: see [`TaskScript::Undelivered`].
    pub fn undelivered(with_tracks: bool) -> Self {
        Self::Undelivered { with_tracks }
    }

    /// If the script has an empty status word, sets the status word to `of_kind`, the usual word of the task's kind.
    pub(crate) fn with_status(mut self, of_kind: &str) -> Self {
        if let Self::Fails { status, .. } = &mut self
            && status.is_empty()
        {
            of_kind.clone_into(status);
        }
        self
    }
}

/// A fault of one callback. See [`Sandbox::callback_fault`](crate::Sandbox::callback_fault).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "CallbackFaultForm")]
#[non_exhaustive]
pub enum CallbackFault {
    /// Never sends the callback.
    Lost,
    /// Sends the callback twice. The real service does so if the response to the first attempt is lost.
    Doubled,
    /// Sends the callback later than it is due, with a delay of this duration. The timestamp of the signature is the
    /// time at which the callback was due. Later callbacks are not delayed.
    Late(Duration),
    /// Sends the callback after the next callback of the same task. If no other callback follows, the callback is sent
    /// immediately.
    Reordered,
    /// Signs the callback with an old timestamp. This duration is the age of the timestamp, of which only whole seconds
    /// count.
    Stale(Duration),
    /// Signs the callback with another key than the webhook key of the account.
    Forged,
    /// Replaces the body of the callback. The signature stays valid, because KIE's signature does not cover the body.
    Altered(Value),
}

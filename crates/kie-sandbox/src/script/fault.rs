//! Faults of requests and callbacks, and scripts of tasks, as data.

use std::time::Duration;

use serde_json::Value;

use super::words;

/// A fault of one request. See [`Sandbox::fault`](crate::Sandbox::fault). For faults of connections, see
/// [`Wire`](crate::Wire).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Handles the request, so that a task exists and is paid for. Then closes the connection without a response.
    DropResponse,
    /// Refuses the request and does nothing else: for its rate (429, 430), for maintenance (455), or for another
    /// reason.
    Refuse {
        /// HTTP status. The live service sends 200 with a refusal.
        http_status: u16,
        /// Code in the body.
        code: i64,
        /// Message in the body.
        msg: String,
    },
    /// Does nothing and responds with the HTML error page of a proxy.
    ErrorPage {
        /// HTTP status, such as 502.
        http_status: u16,
    },
    /// Handles the request, and cuts its JSON response in half. The `Content-Length` matches the shortened body.
    HalfJson,
    /// Handles the request and never responds.
    Hang,
}

impl Fault {
    /// Refuses a request with this code and the service's own message, at HTTP status 200 as the live service does.
    ///
    /// | code | meaning |
    /// | --- | --- |
    /// | 400 | the body is not JSON, or its words are not allowed |
    /// | 401 | the key is wrong |
    /// | 402 | not enough credits |
    /// | 404 | no such path |
    /// | 405 | too many requests; on the page for lyrics only |
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

    /// Refuses a request with this code and another message. The message can change the meaning of the code: 429 with
    /// `insufficient credits` is not a rate limit.
    pub fn refuse_with_message(code: i64, msg: impl Into<String>) -> Self {
        Self::Refuse { http_status: 200, code, msg: msg.into() }
    }

    /// Does nothing and responds with the HTML error page of a proxy, with this HTTP status, such as 502.
    pub fn error_page(http_status: u16) -> Self {
        Self::ErrorPage { http_status }
    }
}

/// The scripted behaviour of one task. See [`Sandbox::script_task`](crate::Sandbox::script_task).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TaskScript {
    /// Fails at the time of the first stage. Code 531 refunds the credits.
    Fails {
        /// Status word in the record, such as `GENERATE_AUDIO_FAILED`. If it is empty, the usual word of this kind of
        /// task is used.
        status: String,
        /// Code in the record and in the callback.
        code: i64,
        /// Message in the record and in the callback.
        message: String,
    },
    /// Records the callbacks without sending them. The task ends in `CALLBACK_EXCEPTION`.
    Undelivered {
        /// `true` if the record shows the results.
        with_tracks: bool,
    },
    /// Runs normally, but lookups do not find the task until this time after its creation.
    HiddenFor(Duration),
    /// Shows this unknown status word at first, then runs normally. The word is shown for 10 seconds with
    /// [`Speed::Live`](crate::Speed::Live), and for 0.2 seconds with [`Speed::Fast`](crate::Speed::Fast) and
    /// [`Speed::Instant`](crate::Speed::Instant).
    UnknownStatus(String),
}

impl TaskScript {
    /// Fails with this code, with the service's own message and the usual status word of the task's kind.
    ///
    /// | code | meaning |
    /// | --- | --- |
    /// | 400 | the words are not allowed |
    /// | 408 | timeout |
    /// | 413 | the uploaded audio is an existing work |
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

    /// Fails with this code and this status word. The known words are:
    ///
    /// | tasks | statuses |
    /// | --- | --- |
    /// | music | `CREATE_TASK_FAILED`, `GENERATE_AUDIO_FAILED`, `SENSITIVE_WORD_ERROR` |
    /// | lyrics | `CREATE_TASK_FAILED`, `GENERATE_LYRICS_FAILED`, `SENSITIVE_WORD_ERROR` |
    /// | wav | `CREATE_TASK_FAILED`, `GENERATE_WAV_FAILED` |
    /// | video | `CREATE_TASK_FAILED`, `GENERATE_MP4_FAILED` |
    /// | separation | `CREATE_TASK_FAILED`, `GENERATE_AUDIO_FAILED` |
    /// | midi | `CREATE_TASK_FAILED`, or any other word; the record shows a number instead |
    /// | voice validation | `processing_validate_fail`, `fail` |
    /// | voice | `processing_validate_fail`, `fail` |
    ///
    /// Records of covers and of recoveries have no status word.
    ///
    /// ```
    /// use kie_sandbox::TaskScript;
    ///
    /// let script = TaskScript::fails_as("SENSITIVE_WORD_ERROR", 400);
    /// assert!(matches!(script, TaskScript::Fails { code: 400, .. }));
    /// ```
    pub fn fails_as(status: impl Into<String>, code: i64) -> Self {
        Self::Fails { status: status.into(), code, message: words::of_failure(code).into() }
    }

    /// Records the callbacks without sending them. The task ends in `CALLBACK_EXCEPTION`, with its results in the
    /// record if `with_tracks` is `true`.
    pub fn undelivered(with_tracks: bool) -> Self {
        Self::Undelivered { with_tracks }
    }

    /// Fills in the status word of the task's kind if the script has none.
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
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallbackFault {
    /// Never sends the callback.
    Lost,
    /// Sends the callback twice, as if the response to the first attempt had been lost.
    Doubled,
    /// Sends the callback this long after its due time, with the signature of the due time. Later callbacks are not
    /// delayed.
    Late(Duration),
    /// Sends the callback after the next callback of the same task.
    Reordered,
    /// Signs the callback with a timestamp that is this old, in whole seconds.
    Stale(Duration),
    /// Signs the callback with another key than the account's.
    Forged,
    /// Replaces the body of the callback. The signature stays valid, because KIE's signature does not cover the body.
    Altered(Value),
}

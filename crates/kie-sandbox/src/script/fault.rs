//! What goes wrong, as data.

use std::time::Duration;

use serde_json::Value;

use super::words;

/// What goes wrong with one request. See [`Sandbox::fault`](crate::Sandbox::fault), and [`Wire`](crate::Wire) for what
/// happens to connections.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The request does its work, a task exists and is paid, and the connection closes without an answer.
    DropAnswer,
    /// The request does nothing and is refused, for its rate (429, 430), for maintenance (455), or otherwise.
    Refuse {
        /// The HTTP status. The live service says 200 here.
        http_status: u16,
        /// The code in the body.
        code: i64,
        /// The words in the body.
        msg: String,
    },
    /// The request does nothing, and a proxy answers with an HTML page.
    ErrorPage {
        /// The HTTP status, such as 502.
        http_status: u16,
    },
    /// The request does its work, and its answer ends in the middle of the JSON, with the length it has.
    HalfJson,
    /// The request does its work, and is never answered.
    Hang,
}

impl Fault {
    /// The request does nothing and is refused with this code, at HTTP 200 as live, in the service's own words.
    ///
    /// | code | what it says |
    /// | --- | --- |
    /// | 400 | the body is not JSON, or its words are not allowed |
    /// | 401 | the key is wrong |
    /// | 402 | not enough credits |
    /// | 404 | no such path |
    /// | 405 | too many requests; on the page for lyrics only |
    /// | 409 | what is to be made exists already |
    /// | 413 | the idea for lyrics is too long |
    /// | 422 | a rule is broken, or there is no such record |
    /// | 429, 430 | too many requests |
    /// | 451 | a file could not be fetched |
    /// | 455 | maintenance |
    /// | 500 | the service is in trouble |
    /// | 505 | switched off |
    ///
    /// ```
    /// use kie_sandbox::{Fault, Sandbox};
    ///
    /// let sandbox = Sandbox::default();
    /// sandbox.fault("generate-music", Fault::refuse(430));
    /// ```
    pub fn refuse(code: i64) -> Self {
        Self::refuse_saying(code, words::of_refusal(code))
    }

    /// The same in other words, which can decide what the code means: 429 with `insufficient credits` is no rate.
    pub fn refuse_saying(code: i64, msg: impl Into<String>) -> Self {
        Self::Refuse { http_status: 200, code, msg: msg.into() }
    }

    /// The request does nothing, and a proxy answers with an HTML page of this status, such as 502.
    pub fn error_page(http_status: u16) -> Self {
        Self::ErrorPage { http_status }
    }
}

/// What becomes of one task. See [`Sandbox::script`](crate::Sandbox::script).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TaskScript {
    /// It fails where it would have reached its first stage. Code 531 gives the credits back.
    Fails {
        /// The word in the record, such as `GENERATE_AUDIO_FAILED`; if it is empty, the one that tasks of its kind have.
        status: String,
        /// The code in the record and in the callback.
        code: i64,
        /// The words in the record and in the callback.
        message: String,
    },
    /// Its callbacks are booked and not sent, and it ends in `CALLBACK_EXCEPTION`.
    Undelivered {
        /// Whether the record shows what was made.
        with_tracks: bool,
    },
    /// It goes on normally, but lookups do not find it until this long after the submit.
    HiddenFor(Duration),
    /// Its record shows this unknown status word at first: 10 seconds of [`Speed::Live`](crate::Speed::Live), 0.2 of
    /// [`Speed::Fast`](crate::Speed::Fast) and of [`Speed::Instant`](crate::Speed::Instant). Then it goes on normally.
    Word(String),
}

impl TaskScript {
    /// It fails with this code, in the service's own words and with the status that tasks of its kind have then.
    ///
    /// | code | what it says |
    /// | --- | --- |
    /// | 400 | the words are not allowed |
    /// | 408 | nothing came in time |
    /// | 413 | the uploaded audio is an existing work |
    /// | 451 | a file could not be fetched |
    /// | 500, 501 | it failed |
    /// | 531 | it failed, and the credits come back |
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

    /// The same with this status:
    ///
    /// | tasks | statuses |
    /// | --- | --- |
    /// | music | `CREATE_TASK_FAILED`, `GENERATE_AUDIO_FAILED`, `SENSITIVE_WORD_ERROR` |
    /// | lyrics | `CREATE_TASK_FAILED`, `GENERATE_LYRICS_FAILED`, `SENSITIVE_WORD_ERROR` |
    /// | wav | `CREATE_TASK_FAILED`, `GENERATE_WAV_FAILED` |
    /// | video | `CREATE_TASK_FAILED`, `GENERATE_MP4_FAILED` |
    /// | separation | `CREATE_TASK_FAILED`, `GENERATE_AUDIO_FAILED` |
    /// | midi | `CREATE_TASK_FAILED`, and another; the record shows a number for each |
    /// | voice validation | `processing_validate_fail`, `fail` |
    /// | voice | `processing_validate_fail`, `fail` |
    ///
    /// Records of covers and of recoveries have no such word.
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

    /// Its callbacks are booked and not sent, and it ends in `CALLBACK_EXCEPTION`, with or without what it made.
    pub fn undelivered(with_tracks: bool) -> Self {
        Self::Undelivered { with_tracks }
    }

    /// The same with the word of a kind of task, where it fails without one.
    pub(crate) fn with_status(mut self, of_kind: &str) -> Self {
        if let Self::Fails { status, .. } = &mut self
            && status.is_empty()
        {
            of_kind.clone_into(status);
        }
        self
    }
}

/// What goes wrong with one callback on its way. See [`Sandbox::callback_fault`](crate::Sandbox::callback_fault).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallbackFault {
    /// It is never sent.
    Lost,
    /// It is sent twice, as if the answer to the first time had been lost.
    Doubled,
    /// It is sent so long after it was due and was signed. The next ones do not wait for it.
    Late(Duration),
    /// It is sent after the next one of its task.
    Overtaken,
    /// It is signed for a time that is so long ago, in whole seconds.
    Stale(Duration),
    /// It is signed with another key than the account's.
    Forged,
    /// It has this body in place of its own. The signature is right, for it covers no body.
    Altered(Value),
}

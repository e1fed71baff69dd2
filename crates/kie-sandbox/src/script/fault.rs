//! What goes wrong, as data.

use std::time::Duration;

use serde_json::Value;

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

/// What becomes of one task. See [`Sandbox::fate`](crate::Sandbox::fate).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fate {
    /// It fails where it would have reached its first stage. Code 531 gives the credits back.
    Fails {
        /// The word in the record, such as `GENERATE_AUDIO_FAILED`.
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

/// What goes wrong with one callback on its way. See [`Sandbox::mishap`](crate::Sandbox::mishap).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mishap {
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

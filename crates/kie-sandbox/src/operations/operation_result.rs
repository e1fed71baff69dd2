//! The result of an operation: data, or a refusal.

use serde_json::{Value, json};

use crate::script::words;

/// Result of an operation: the `data` of a successful response, or a refusal.
pub(crate) type OperationResult = Result<Value, Refused>;

/// A refusal, with its complete response body.
pub(crate) struct Refused(Value);

impl Refused {
    pub(crate) fn new(code: i64, msg: impl Into<String>) -> Self {
        Self(json!({ "code": code, "msg": msg.into(), "data": null }))
    }

    /// Returns a refusal with the service's own message for its code.
    pub(crate) fn by_code(code: i64) -> Self {
        Self::new(code, words::of_refusal(code))
    }

    /// Returns a refusal whose response body is `body`, unchanged. Used for refusals that have `data`.
    ///
    /// Also used for the response of `get-recovery-audio-details`, even if the lookup succeeds. This response is the
    /// record itself, without an envelope (the object with `code`, `msg` and `data`). A refusal is the only result that
    /// gets no envelope.
    pub(crate) fn whole(body: Value) -> Self {
        Self(body)
    }

    /// Returns the documented response to a wrong API key. Unlike the refusals of [`new`](Self::new), it has no key
    /// `data`.
    pub(crate) fn unauthorised() -> Self {
        Self(json!({ "code": 401, "msg": "You do not have access permissions" }))
    }

    /// Returns the body of the response.
    pub(crate) fn into_body(self) -> Value {
        self.0
    }
}

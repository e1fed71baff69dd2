//! The outcome of an operation: data, or a refusal.

use serde_json::{Value, json};

/// The `data` of a success, or a refusal.
pub(crate) type OperationResult = Result<Value, Refused>;

/// A refusal: the envelope that says so.
pub(crate) struct Refused(Value);

impl Refused {
    pub(crate) fn new(code: i64, msg: impl Into<String>) -> Self {
        Self(json!({ "code": code, "msg": msg.into(), "data": null }))
    }

    /// This body, whatever it says: a refusal with data, or the one answer that has no envelope.
    pub(crate) fn whole(body: Value) -> Self {
        Self(body)
    }

    /// The documented answer to a wrong key, the only one without `data`.
    pub(crate) fn unauthorised() -> Self {
        Self(json!({ "code": 401, "msg": "You do not have access permissions" }))
    }

    /// Its body on the wire.
    pub(crate) fn into_body(self) -> Value {
        self.0
    }
}

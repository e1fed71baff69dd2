//! The result of an operation: data, or a refusal.

use serde_json::{Value, json};

/// The `data` of a success, or a refusal.
pub(crate) type OperationResult = Result<Value, Refused>;

/// A refusal, with its complete response body.
pub(crate) struct Refused(Value);

impl Refused {
    pub(crate) fn new(code: i64, msg: impl Into<String>) -> Self {
        Self(json!({ "code": code, "msg": msg.into(), "data": null }))
    }

    /// Uses this body as it is. For refusals with data, and for the one response without an envelope.
    pub(crate) fn whole(body: Value) -> Self {
        Self(body)
    }

    /// Returns the documented response to a wrong key, the only refusal without `data`.
    pub(crate) fn unauthorised() -> Self {
        Self(json!({ "code": 401, "msg": "You do not have access permissions" }))
    }

    /// Returns the body on the wire.
    pub(crate) fn into_body(self) -> Value {
        self.0
    }
}

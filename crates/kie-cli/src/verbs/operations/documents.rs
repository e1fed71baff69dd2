//! The JSON documents of this room.

use kie_suno::{
    Credits, Route,
    errors::Violation,
    requests::{Warning, catalog::Operation},
};
use serde::Serialize;
use serde_json::Value;

use crate::{output::Success, verbs::operations::describe::Description};

/// Response of an operation that starts no task, as `kie call` prints it.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Called"))]
pub(crate) struct Called<R> {
    /// Operation that was called, such as `get-account-credits`.
    operation: &'static str,
    /// Route on which the call was made.
    route: Route,
    outcome: Success,
    /// Response in the form of the operation. The OpenAPI document of kie-types describes it.
    response: R,
}

impl<R> Called<R> {
    pub(super) fn new(operation: &'static str, route: Route, response: R) -> Self {
        Self { operation, route, outcome: Success::Success, response }
    }
}

/// Result of the check of a request.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Checked"))]
pub(crate) struct CheckedRequest<'a> {
    /// Operation of the request, such as `generate-music`.
    pub(super) operation: &'a str,
    /// Route whose rules were checked.
    pub(super) route: Route,
    pub(super) outcome: Validity,
    /// Broken rules. Empty if the request is valid.
    pub(super) violations: &'a [Violation],
    /// Names of fields that the operation does not have.
    pub(super) unknown: &'a [String],
    /// Probable mistakes in the request.
    pub(super) warnings: &'a [Warning],
    /// Price of the call in credits, according to the price list. `None` if the price is not known.
    pub(super) price: Option<Credits>,
}

/// Validity of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(super) enum Validity {
    /// The request breaks no documented rule.
    Valid,
    /// The request breaks a documented rule.
    Invalid,
}

/// All operations.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct AllOperations<'a> {
    /// The operations.
    pub(super) operations: &'a [Operation],
}

/// One operation.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(crate) struct OneOperation {
    /// The operation.
    pub(super) operation: Description,
}

/// The explanation of a body, with the body itself.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(crate) struct Inspection {
    /// Operation of the body, such as `generate-music`, or `any` for a callback of an unknown operation.
    pub(super) operation: String,
    /// Explanation of the body.
    #[cfg_attr(test, schemars(with = "schema::Explained"))]
    #[serde(flatten)]
    pub(super) report: Value,
    /// The decoded body. If a field has several names on the wire, it always has the same name here. Null if the body
    /// is a refusal, an invalid request, or does not have the expected content.
    pub(super) answer: Value,
    /// The whole body: as JSON, or as text if it is not JSON.
    pub(super) raw: Value,
}

/// Types for the schema of an explanation. Its keys come from several kinds of body.
#[cfg(test)]
mod schema {
    use kie_suno::{Charged, Credits, Stage, errors::Violation, records::Item, requests::Warning, types::Timestamp};
    use schemars::JsonSchema;
    use serde::Serialize;

    /// Explanation of a body.
    #[derive(Serialize, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    pub(super) struct Explained {
        /// Id of the task. `None` if the body has none.
        task_id: Option<String>,
        outcome: Explanation,
        /// Furthest stage that the task has reached. Missing for a request.
        #[serde(skip_serializing_if = "Option::is_none")]
        stage: Option<Option<Stage>>,
        /// Code in the body. Missing for a request.
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<Option<i64>>,
        /// Message in the body. Missing for a request.
        #[serde(skip_serializing_if = "Option::is_none")]
        message: Option<Option<String>>,
        /// Tells if the call or the task was paid for. Missing for a request.
        #[serde(skip_serializing_if = "Option::is_none")]
        charged: Option<Charged>,
        /// Results of the task. Missing for a request.
        #[serde(skip_serializing_if = "Option::is_none")]
        items: Option<Vec<Item>>,
        /// Cost in credits. Missing if the body does not tell it.
        #[serde(skip_serializing_if = "Option::is_none")]
        credits: Option<Credits>,
        /// Time until which KIE keeps the results according to its documentation.
        #[serde(skip_serializing_if = "Option::is_none")]
        kept_until: Option<Timestamp>,
        /// Kind of task of a callback, such as `music`.
        #[serde(skip_serializing_if = "Option::is_none")]
        job: Option<String>,
        /// Broken rules. Only for a request.
        #[serde(skip_serializing_if = "Option::is_none")]
        violations: Option<Vec<Violation>>,
        /// Names of fields that the operation does not have. Only for a request.
        #[serde(skip_serializing_if = "Option::is_none")]
        unknown: Option<Vec<String>>,
        /// Probable mistakes. Only for a request.
        #[serde(skip_serializing_if = "Option::is_none")]
        warnings: Option<Vec<Warning>>,
    }

    /// Outcome that a body tells.
    #[derive(Serialize, JsonSchema)]
    #[serde(rename_all = "camelCase")]
    #[expect(dead_code, reason = "only its schema is used")]
    enum Explanation {
        /// The request breaks no documented rule.
        Valid,
        /// The request breaks a documented rule.
        Invalid,
        /// The task is not finished.
        Running,
        /// The task or the call succeeded.
        Success,
        /// The task failed.
        Failed,
        /// The service does not know the task.
        NotFound,
        /// The service refused the call.
        Refused,
        /// The kind of the callback was not recognised.
        Unrecognised,
        /// The body does not have the expected content.
        Unknown,
    }
}

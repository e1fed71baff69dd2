//! The operation that returns the balance in credits.

use serde_json::json;

use super::{incoming_call::IncomingCall, operation_result::OperationResult};

/// Handles `get-account-credits`.
pub(crate) fn credits(call: &mut IncomingCall<'_>) -> OperationResult {
    Ok(json!(call.account.balance(call.now).get()))
}

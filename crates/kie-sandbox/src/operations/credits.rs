//! What is left to spend.

use serde_json::json;

use super::{answer::Answer, call::Call};

/// `get-account-credits`
pub(crate) fn credits(call: &mut Call<'_>) -> Answer {
    Ok(json!(call.account.balance(call.now).get()))
}

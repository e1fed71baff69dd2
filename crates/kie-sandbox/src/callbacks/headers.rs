//! The headers of callbacks.

use http::header;
use kie_types::signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER, WebhookKey};
use tokio::time::Instant;

use crate::{account::SandboxInner, script::CallbackFault};

/// Returns the headers of a callback that is sent now.
pub(super) fn headers(
    inner: &SandboxInner,
    task_id: &str,
    callback_fault: Option<&CallbackFault>,
) -> Vec<(String, String)> {
    let mut headers = vec![(header::CONTENT_TYPE.to_string(), "application/json".to_owned())];
    let forged = WebhookKey::new("another key");
    let key = match callback_fault {
        Some(CallbackFault::Forged) => Some(&forged),
        _ => inner.webhook_key.as_ref(),
    };
    let age = match callback_fault {
        Some(CallbackFault::Stale(age)) => age.as_secs(),
        _ => 0,
    };
    if let Some(key) = key {
        let timestamp = inner.clock.seconds(Instant::now()).saturating_sub(age).to_string();
        let signature = key.sign(task_id, &timestamp);
        headers.extend([(TIMESTAMP_HEADER.to_owned(), timestamp), (SIGNATURE_HEADER.to_owned(), signature)]);
    }
    headers
}

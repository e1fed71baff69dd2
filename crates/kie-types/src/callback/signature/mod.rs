//! The webhook signature: HMAC-SHA256 over `taskId.timestamp`, in Base64.
//!
//! Documentation: <https://docs.kie.ai/common-api/webhook-verification>

mod headers;
mod key;
mod label;
mod verified;
mod verifier;

pub use headers::{SIGNATURE_HEADER, TIMESTAMP_HEADER};
pub use key::WebhookKey;
pub use label::UnverifiedCallback;
pub use verified::{CallbackError, Verified};
pub use verifier::{Verifier, VerifyError};

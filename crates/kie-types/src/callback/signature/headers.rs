//! The headers that a signed callback has.

/// The header with the Unix time of the callback, in seconds.
pub const TIMESTAMP_HEADER: &str = "X-Webhook-Timestamp";
/// The header with the signature.
pub const SIGNATURE_HEADER: &str = "X-Webhook-Signature";

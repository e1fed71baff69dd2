//! Headers of a signed callback.

/// Header with the Unix time of the callback, in seconds.
pub const TIMESTAMP_HEADER: &str = "X-Webhook-Timestamp";
/// Header with the signature.
pub const SIGNATURE_HEADER: &str = "X-Webhook-Signature";

//! Headers of a signed callback.

/// Header with the time of the callback, in seconds since 1970.
pub const TIMESTAMP_HEADER: &str = "X-Webhook-Timestamp";
/// Header with the signature of the callback, in Base64.
pub const SIGNATURE_HEADER: &str = "X-Webhook-Signature";

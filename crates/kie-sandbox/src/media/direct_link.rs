//! Direct links: addresses of files that are valid for a short time.

use serde_json::Value;

use crate::account::ids;

/// Returns a direct link to the file with this path on this host. It expires at `end`, in seconds since 1970. The form
/// of the service's direct links is not documented.
pub(crate) fn address(host: &str, path: &str, end: u64) -> String {
    format!("http://{host}{path}?Expires={end}&Signature={}", ids::task())
}

/// Returns `true` if these query fields belong to a direct link that has expired at `now`, in seconds since 1970.
pub(crate) fn is_over(fields: &Value, now: u64) -> bool {
    let end = fields.get("Expires").and_then(|end| end.as_str()?.parse::<u64>().ok());
    end.is_some_and(|end| end <= now)
}

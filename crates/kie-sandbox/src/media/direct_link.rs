//! Direct links: addresses of files that are good for a short time.

use serde_json::Value;

use crate::account::ids;

/// The direct link to the file with this path on this host. It ends at `end`, in seconds since 1970. Its form is not
/// documented.
pub(crate) fn address(host: &str, path: &str, end: u64) -> String {
    format!("http://{host}{path}?Expires={end}&Signature={}", ids::task())
}

/// Tells from the fields of a query whether it is that of a direct link that has ended by `now`, in seconds since 1970.
pub(crate) fn is_over(fields: &Value, now: u64) -> bool {
    let end = fields.get("Expires").and_then(|end| end.as_str()?.parse::<u64>().ok());
    end.is_some_and(|end| end <= now)
}

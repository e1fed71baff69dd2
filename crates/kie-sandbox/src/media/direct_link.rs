//! Direct links: addresses of files that are valid for a short time.

use serde_json::Value;

use crate::account::Ids;

/// Returns a direct link to the file with this path on this host. The link expires at `end`, in seconds since 1970. The
/// format of the service's direct links is not documented, so this format is invented.
pub(crate) fn address(host: &str, path: &str, end: u64, ids: &mut Ids) -> String {
    format!("http://{host}{path}?Expires={end}&Signature={}", ids.task())
}

/// Returns `true` if these query fields are those of a direct link that has expired. `now` is in seconds since 1970.
pub(crate) fn is_over(fields: &Value, now: u64) -> bool {
    let end = fields.get("Expires").and_then(|end| end.as_str()?.parse::<u64>().ok());
    end.is_some_and(|end| end <= now)
}

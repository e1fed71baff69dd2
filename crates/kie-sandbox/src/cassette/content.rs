//! Bodies, as they are written into a cassette.

use http::{HeaderMap, header};

use super::{
    exchange::RecordedBody,
    redaction::{Redactor, base64, hex},
    tee::Copied,
};

/// Maximum size of a body that is kept whole, in bytes. Only JSON and other texts are kept whole.
const WHOLE: usize = 4 << 20;

/// Returns the number of bytes to copy of a body. `start` is the number of first bytes that are kept if it is no text.
pub(super) fn limit(headers: &HeaderMap, start: usize) -> usize {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.contains("json") || kind.starts_with("text/") { WHOLE } else { start }
}

/// Returns the body as it is written. `start` is the number of first bytes that are kept if it is no text.
pub(super) fn recorded(copied: &Copied, start: usize, redactor: &mut Redactor) -> Option<RecordedBody> {
    if copied.length == 0 {
        return None;
    }
    let is_all = copied.start.len() as u64 == copied.length;
    if is_all && let Ok(mut value) = serde_json::from_slice(&copied.start) {
        redactor.json(&mut value);
        return Some(RecordedBody::Json(value));
    }
    if is_all && let Ok(text) = std::str::from_utf8(&copied.start) {
        return Some(RecordedBody::Text(redactor.damaged(text)));
    }
    let kept = &copied.start[..copied.start.len().min(start)];
    Some(RecordedBody::Bytes { length: copied.length, sha256: hex(&copied.sha256()), start: base64(kept) })
}

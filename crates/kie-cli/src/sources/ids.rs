//! Ids of tasks and tracks in arguments and requests.

use kie_suno::types::text::one_line;
use serde_json::Value;

use crate::{exit::ExitError, output::SHORT_ID};

/// Minimum number of characters of the beginning of an id.
pub(super) const SHORTEST_PREFIX: usize = 4;

/// Fields of requests that are the id of a task or of a track, with the word for it.
const FIELDS: [(&str, &str); 2] = [("taskId", "task"), ("audioId", "track")];

/// Returns `true` if an id may have this character.
pub(super) fn is_of_id(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '*')
}

/// Returns the error for a text that cannot be an id, with the reason.
pub(super) fn no_id(of: &str, text: &str, why: &str) -> ExitError {
    ExitError::Invalid(format!(
        "\"{}\" is not the id of a {of}: {why}; kie list prints the ids of the ledger",
        one_line(text)
    ))
}

/// Refuses a text that cannot be the id of a task or track, such as the path of a file, or the part of an id that is in
/// the name of a file. The service accepts and charges a call with such a text, and its task fails.
pub(crate) fn check_id(of: &str, text: &str) -> Result<(), ExitError> {
    if !text.chars().all(is_of_id) {
        return Err(no_id(of, text, "an id consists of letters, digits, - and _"));
    }
    if text.len() <= SHORT_ID && text.chars().all(|c| c.is_ascii_hexdigit()) {
        return Err(no_id(of, text, "it is only the beginning of an id"));
    }
    Ok(())
}

/// Refuses a request if one of its [`FIELDS`] has a text that cannot be an id. An empty field is not refused here.
pub(crate) fn check_ids(request: &Value) -> Result<(), ExitError> {
    let given = FIELDS.iter().filter_map(|(field, of)| Some((of, request.get(field)?.as_str()?)));
    given.filter(|(_, text)| !text.trim().is_empty()).try_for_each(|(of, text)| check_id(of, text))
}

//! What `Debug` shows of requests and answers: enough to recognise them, never a whole prompt or a signed link.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

/// Longer texts are cut to this many characters.
const SHOWN: usize = 32;
/// A link of more bytes is taken for a text.
const LINK: usize = 500;

/// Prints what would go over the wire, with long texts cut and the query of every link left out.
pub(crate) fn debug(name: &str, value: &impl Serialize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str(name)?;
    f.write_str(" ")?;
    match serde_json::to_value(value) {
        Ok(value) => fmt::Debug::fmt(&Brief(&value), f),
        Err(_) => f.write_str("{ .. }"),
    }
}

struct Brief<'a>(&'a Value);

impl fmt::Debug for Brief<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Object(fields) => {
                f.debug_map().entries(fields.iter().map(|(key, value)| (key, Brief(value)))).finish()
            }
            Value::Array(items) => f.debug_list().entries(items.iter().map(Brief)).finish(),
            Value::String(text) => write!(f, "{:?}", text_in_brief(text)),
            other => write!(f, "{other}"),
        }
    }
}

/// The text if it is short, else its beginning and its length; of a link, all but its query.
pub(crate) fn text_in_brief(text: &str) -> String {
    let is_link = text.starts_with("http://") || text.starts_with("https://");
    if is_link && text.len() <= LINK && !text.contains(char::is_whitespace) {
        return match text.split_once(['?', '#']) {
            Some((link, _)) => format!("{link}?…"),
            None => text.to_owned(),
        };
    }
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}… ({} characters)", &text[..end], text.chars().count()),
        None => text.to_owned(),
    }
}

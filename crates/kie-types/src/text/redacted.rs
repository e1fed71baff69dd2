//! `Debug` output of requests and responses. Long texts such as prompts are cut off, and links are printed without
//! their queries.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

/// Number of characters after which a text is cut off.
const SHOWN: usize = 32;
/// Maximum number of bytes of a link. A longer link is cut off like any other text.
const LINK: usize = 500;

/// Prints a value in its JSON form. Long texts are cut off, and links are printed without their queries.
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

/// Returns a short text unchanged. Returns only the beginning and the length of a long text. Returns a link without its
/// query and fragment.
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

//! Modes of an operation. Different rules apply in different modes.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

/// A mode of an operation. The value of one request field selects the mode.
///
/// ```
/// use kie_types::Mode;
/// use serde_json::json;
///
/// const CUSTOM: Mode = Mode::flag("custom", "customMode", true);
/// assert!(CUSTOM.is_of(&json!({ "customMode": true })));
/// assert!(!CUSTOM.is_of(&json!({ "customMode": false })));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Mode {
    /// Name of the mode, such as `simple` or `custom`.
    pub name: &'static str,
    /// Name, on the wire, of the field that selects the mode.
    pub field: &'static str,
    /// Value of [`field`](Self::field) in this mode.
    pub value: ModeValue,
}

/// Value of the field that selects a [`Mode`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ModeValue {
    /// The field is a boolean with this value. A missing field counts as `false`.
    Flag(bool),
    /// The field is a text, and the text is exactly this word.
    Word(&'static str),
    /// The field has any value except null.
    Given,
    /// The field is missing or null.
    LeftOut,
    /// The field is missing or null, or it has a blank text or an empty list.
    Empty,
}

impl Mode {
    /// Creates a mode. A request is in this mode if its boolean `field` has the value `flag`.
    pub const fn flag(name: &'static str, field: &'static str, flag: bool) -> Self {
        Self { name, field, value: ModeValue::Flag(flag) }
    }

    /// Creates a mode. A request is in this mode if the text in its `field` is `word`. The word is also the name of the
    /// mode.
    pub const fn word(field: &'static str, word: &'static str) -> Self {
        Self { name: word, field, value: ModeValue::Word(word) }
    }

    /// Creates a mode. A request is in this mode if its field `field` has any value except null.
    pub const fn given(name: &'static str, field: &'static str) -> Self {
        Self { name, field, value: ModeValue::Given }
    }

    /// Creates a mode. A request is in this mode if its field `field` is missing or null.
    pub const fn left_out(name: &'static str, field: &'static str) -> Self {
        Self { name, field, value: ModeValue::LeftOut }
    }

    /// Creates a mode. A request is in this mode if its field `field` is missing or null, or has a blank text or an empty
    /// list.
    pub const fn empty(name: &'static str, field: &'static str) -> Self {
        Self { name, field, value: ModeValue::Empty }
    }

    /// Returns `true` if a request is in this mode. `request` is the request as JSON.
    pub fn is_of(&self, request: &Value) -> bool {
        self.matches(request.get(self.field))
    }

    /// Returns `true` if a request with these fields is in this mode.
    pub(crate) fn is_of_fields(&self, fields: &Map<String, Value>) -> bool {
        self.matches(fields.get(self.field))
    }

    fn matches(&self, value: Option<&Value>) -> bool {
        let value = value.filter(|json| !json.is_null());
        match self.value {
            ModeValue::Flag(flag) => value.and_then(Value::as_bool).unwrap_or(false) == flag,
            ModeValue::Word(word) => value.is_some_and(|text| text == word),
            ModeValue::Given => value.is_some(),
            ModeValue::LeftOut => value.is_none(),
            ModeValue::Empty => value.is_none_or(|value| match value {
                Value::String(text) => text.trim().is_empty(),
                Value::Array(entries) => entries.is_empty(),
                _ => false,
            }),
        }
    }
}

/// Prints a clause that says when a request is in this mode, such as `customMode is true`.
impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, value, .. } = self;
        match value {
            ModeValue::Flag(flag) => write!(f, "{field} is {flag}"),
            ModeValue::Word(word) => write!(f, "{field} is {word}"),
            ModeValue::Given => write!(f, "{field} is given"),
            ModeValue::LeftOut => write!(f, "{field} is left out"),
            ModeValue::Empty => write!(f, "{field} is left out or empty"),
        }
    }
}

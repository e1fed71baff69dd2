//! The modes of an operation, in which different rules hold.

use serde::Serialize;
use serde_json::{Map, Value};

/// A mode of an operation, told by one of the request's fields.
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
#[non_exhaustive]
pub struct Mode {
    /// Its name, such as `simple` or `custom`.
    pub name: &'static str,
    /// The field that tells it, by its name on the wire.
    pub field: &'static str,
    /// What that field says in this mode.
    pub value: ModeValue,
}

/// What a field says in a [`Mode`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ModeValue {
    /// It is this flag. One that is not there counts as `false`.
    Flag(bool),
    /// It is this word.
    Word(&'static str),
    /// It is there, whatever it says.
    Given,
    /// It is not there.
    LeftOut,
}

impl Mode {
    /// The mode in which a flag says this.
    pub const fn flag(name: &'static str, field: &'static str, flag: bool) -> Self {
        Self { name, field, value: ModeValue::Flag(flag) }
    }

    /// The mode in which a field has this word, which names it too.
    pub const fn word(field: &'static str, word: &'static str) -> Self {
        Self { name: word, field, value: ModeValue::Word(word) }
    }

    /// The mode in which a field is there.
    pub const fn given(name: &'static str, field: &'static str) -> Self {
        Self { name, field, value: ModeValue::Given }
    }

    /// The mode in which a field is not there.
    pub const fn left_out(name: &'static str, field: &'static str) -> Self {
        Self { name, field, value: ModeValue::LeftOut }
    }

    /// Whether a request is in this mode, given as it goes over the wire.
    pub fn is_of(&self, request: &Value) -> bool {
        self.is_told_by(request.get(self.field))
    }

    /// The same of the fields of a request.
    pub(crate) fn is_of_fields(&self, fields: &Map<String, Value>) -> bool {
        self.is_told_by(fields.get(self.field))
    }

    fn is_told_by(&self, said: Option<&Value>) -> bool {
        let said = said.filter(|value| !value.is_null());
        match self.value {
            ModeValue::Flag(flag) => said.and_then(Value::as_bool).unwrap_or(false) == flag,
            ModeValue::Word(word) => said.is_some_and(|value| value == word),
            ModeValue::Given => said.is_some(),
            ModeValue::LeftOut => said.is_none(),
        }
    }
}

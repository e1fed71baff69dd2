//! List of the fields that the service ignores, for programs that warn about such fields.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use super::mode::Mode;

/// A field that the service ignores in certain modes of an operation.
///
/// A request with such a field breaks no documented rule, but gets a warning. See
/// [`Endpoint::ignored`](crate::Endpoint::ignored).
///
/// ```
/// use kie_types::{Endpoint, GenerateMusic};
///
/// let in_simple_mode = GenerateMusic::ignored().into_iter().filter(|ignored| ignored.modes[0].name == "simple");
/// let fields: Vec<_> = in_simple_mode.map(|ignored| ignored.field).collect();
/// assert!(fields.contains(&"style") && fields.contains(&"title"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct IgnoredField {
    /// Name of the field on the wire.
    pub field: &'static str,
    /// Modes in which the field is ignored. The field is ignored only if the request is in all these modes at the same
    /// time.
    pub modes: Vec<Mode>,
}

impl IgnoredField {
    /// Creates an entry for a field that is ignored if the request is in all of these modes at the same time.
    pub fn new(field: &'static str, modes: impl Into<Vec<Mode>>) -> Self {
        Self { field, modes: modes.into() }
    }

    /// Creates one entry for each of these fields. All these fields are ignored in the same mode.
    pub(crate) fn all<const N: usize>(fields: [&'static str; N], mode: Mode) -> impl Iterator<Item = Self> {
        fields.into_iter().map(move |field| Self::new(field, [mode]))
    }

    /// Returns `true` if the request is in all modes of this entry and contains the field. A field with an empty text,
    /// `false` or null counts as left out.
    pub(crate) fn is_given(&self, fields: &Map<String, Value>) -> bool {
        let asks = fields.get(self.field).is_some_and(|value| match value {
            Value::Null | Value::Bool(false) => false,
            Value::String(text) => !text.is_empty(),
            _ => true,
        });
        asks && self.modes.iter().all(|mode| mode.is_of_fields(fields))
    }
}

/// Prints a clause that says when the service ignores the field.
impl fmt::Display for IgnoredField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the service ignores it")?;
        for (index, mode) in self.modes.iter().enumerate() {
            write!(f, " {} {mode}", if index == 0 { "when" } else { "and" })?;
        }
        Ok(())
    }
}

//! The fields that the service ignores, as data.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use super::mode::{Mode, ModeValue};

/// A field that the service ignores in some mode of an operation. Giving it there breaks no documented rule, and is warned
/// of: see [`Endpoint::ignored`](crate::Endpoint::ignored).
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
pub struct Ignored {
    /// The field, by its name on the wire.
    pub field: &'static str,
    /// The modes: it is ignored in a request that is in all of them at once.
    pub modes: Vec<Mode>,
}

impl Ignored {
    /// A field that is ignored in a request that is in all of these modes at once.
    pub fn new(field: &'static str, modes: impl Into<Vec<Mode>>) -> Self {
        Self { field, modes: modes.into() }
    }

    /// Fields that are ignored in one mode.
    pub(crate) fn all<const N: usize>(fields: [&'static str; N], mode: Mode) -> impl Iterator<Item = Self> {
        fields.into_iter().map(move |field| Self::new(field, [mode]))
    }

    /// Whether this request gives the field and is in the modes. A text that is empty and a flag that is off ask for
    /// nothing.
    pub(crate) fn is_given(&self, fields: &Map<String, Value>) -> bool {
        let asks = fields.get(self.field).is_some_and(|value| match value {
            Value::Null | Value::Bool(false) => false,
            Value::String(text) => !text.is_empty(),
            _ => true,
        });
        asks && self.modes.iter().all(|mode| mode.is_of_fields(fields))
    }
}

/// When it is ignored, as a clause.
impl fmt::Display for Ignored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the service ignores it")?;
        for (index, Mode { field, value, .. }) in self.modes.iter().enumerate() {
            f.write_str(if index == 0 { " when " } else { " and " })?;
            match value {
                ModeValue::Flag(flag) => write!(f, "{field} is {flag}"),
                ModeValue::Word(word) => write!(f, "{field} is {word}"),
                ModeValue::Given => write!(f, "{field} is given"),
                ModeValue::LeftOut => write!(f, "{field} is left out"),
            }?;
        }
        Ok(())
    }
}

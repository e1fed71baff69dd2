//! Warnings about requests that are legal but probably mistaken.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    ignored::IgnoredField,
    limit::{Bound, Limit},
    near::nearest,
};
use crate::{
    text::{one_line, redacted::text_in_brief},
    value::Model,
};

/// Maximum number of words in a list of known words. A warning does not print a longer list.
const MOST_WORDS: usize = 12;

/// A probable mistake in a request. A request can get a warning although it breaks no documented rule.
///
/// A warning does not stop a request from being sent. A broken rule is a [`Violation`](crate::Violation). A word that
/// breaks a rule and is close to an accepted word gets a violation and also a warning.
///
/// ```
/// use kie_types::{Endpoint, GenerateMusic, Model, WarningKind};
///
/// let request = GenerateMusic::simple(Model::from("v5"), "an idea");
/// assert!(request.validate().is_ok()); // It could be a model that is newer than this version of the crate.
///
/// let [warning] = &request.warnings()[..] else { panic!("one warning") };
/// assert_eq!((warning.field.as_str(), warning.kind), ("model", WarningKind::NearMiss));
/// assert_eq!(warning.meant.as_deref(), Some("V5"));
/// assert_eq!(warning.to_string(), r#"model: "v5" is not a known word; did you mean "V5"?"#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Warning {
    /// Path of the field. The names in the path are spelled as on the wire. An unknown field is spelled as in the
    /// request.
    pub field: String,
    /// Kind of the mistake.
    pub kind: WarningKind,
    /// Clause that describes the problem and a solution.
    pub advice: String,
    /// Field or word that was probably meant. `None` if no known field or word is close.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meant: Option<String>,
}

/// Kind of a [`Warning`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum WarningKind {
    /// The operation has no such field in this version of the crate. The service may know the field.
    UnknownField,
    /// The word is unknown but close to a known word. For example, its case is wrong, it has an extra blank, or one or
    /// two of its letters are wrong.
    NearMiss,
    /// The word is not close to a known word. The field accepts unknown words, such as the name of a newer model.
    UnknownWord,
    /// The service ignores the field in the mode of the request.
    Ignored,
}

impl Warning {
    /// Creates a warning about this field.
    pub fn new(field: impl Into<String>, kind: WarningKind, advice: impl Into<String>) -> Self {
        Self { field: field.into(), kind, advice: advice.into(), meant: None }
    }

    /// Sets the field or word that was probably meant.
    #[must_use]
    pub fn meant(mut self, meant: impl Into<String>) -> Self {
        self.meant = Some(meant.into());
        self
    }

    /// Creates the warning about a field that the operation does not have. `known` has the names of the operation's
    /// fields.
    pub(crate) fn unknown_field(field: &str, known: &[&str]) -> Self {
        match nearest(field, known) {
            Some(meant) => {
                let advice = format!("the operation has no such field; did you mean {meant:?}?");
                Self::new(field, WarningKind::UnknownField, advice).meant(meant)
            }
            None => Self::new(field, WarningKind::UnknownField, "the operation has no such field"),
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", one_line(&text_in_brief(&self.field)), self.advice)
    }
}

/// Returns the warnings about words that are unknown and about fields that the service ignores.
pub(crate) fn of_fields(limits: &[Limit], ignored: &[IgnoredField], fields: &Map<String, Value>) -> Vec<Warning> {
    let of_words = fields.iter().filter_map(|(field, value)| of_word(limits, field, value.as_str()?));
    let mut warnings: Vec<_> = of_words.collect();
    let given = ignored.iter().filter(|ignored| ignored.is_given(fields));
    warnings.extend(given.map(|given| Warning::new(given.field, WarningKind::Ignored, given.to_string())));
    warnings
}

/// Returns the warning about a word that is unknown for its field. Returns `None` if the word needs no warning, for
/// example because the limits of the field list it.
fn of_word(limits: &[Limit], field: &str, word: &str) -> Option<Warning> {
    let of_field = || limits.iter().filter(|limit| limit.field == field);
    let words: Vec<_> = of_field().flat_map(|limit| limit.bound.words()).copied().collect();
    if words.contains(&word) {
        return None;
    }
    let brief = text_in_brief(word);
    if let Some(meant) = nearest(word, &words) {
        let advice = format!("{brief:?} is not a known word; did you mean {meant:?}?");
        return Some(Warning::new(field, WarningKind::NearMiss, advice).meant(meant));
    }
    // A warning is needed only if the field accepts unknown words (`Bound::Known`). In a field with a closed list of
    // words, an unknown word breaks a rule. A known model that this operation does not accept also breaks a rule.
    let is_open = of_field().any(|limit| matches!(limit.bound, Bound::Known(_)));
    if !is_open || word.trim().is_empty() || Model::WORDS.contains(&word) {
        return None;
    }
    let mut advice = format!("{brief:?} is not a word that this version knows");
    if words.len() <= MOST_WORDS {
        advice = format!("{advice}; it knows {}", words.join(", "));
    }
    Some(Warning::new(field, WarningKind::UnknownWord, advice))
}

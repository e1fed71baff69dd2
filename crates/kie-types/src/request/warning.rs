//! What is legal in a request, and surely not meant.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    ignored::Ignored,
    limit::{Bound, Limit},
    near::nearest,
};
use crate::{text::redacted::text_in_brief, value::Model};

/// A list of words is told up to this length.
const MOST_WORDS: usize = 12;

/// Something in a request that is surely not meant, though no documented rule may forbid it.
///
/// A warning keeps nothing from being sent. Rules that are broken are [`Violation`](crate::Violation)s; a word that is
/// refused and nearly right is in both reports.
///
/// ```
/// use kie_types::{Endpoint, GenerateMusic, Model, WarningKind};
///
/// let request = GenerateMusic::simple(Model::from("v5"), "an idea");
/// assert!(request.validate().is_ok()); // It could be a model that is newer than this version.
///
/// let [warning] = &request.warnings()[..] else { panic!("one warning") };
/// assert_eq!((warning.field.as_str(), warning.kind), ("model", WarningKind::NearMiss));
/// assert_eq!(warning.meant.as_deref(), Some("V5"));
/// assert_eq!(warning.to_string(), r#"model: "v5" is not a known word; did you mean "V5"?"#);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Warning {
    /// The path of the field, by its name on the wire or as the request spells it.
    pub field: String,
    /// What kind of thing it is.
    pub kind: WarningKind,
    /// A clause that says what is the matter and what to do.
    pub advice: String,
    /// The field or word that is meant, if one is near.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meant: Option<String>,
}

/// What a [`Warning`] warns of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum WarningKind {
    /// The operation has no such field. The service may know it; this version does not.
    UnknownField,
    /// The word is not known, and nearly one that is: another case, a blank too many, a letter or two wrong.
    NearMiss,
    /// The word is nothing like one that is known, in a field that may have others, such as a model newer than this version.
    UnknownWord,
    /// The service ignores the field in the mode that the request is in.
    Ignored,
}

impl Warning {
    /// A warning about this field.
    pub fn new(field: impl Into<String>, kind: WarningKind, advice: impl Into<String>) -> Self {
        Self { field: field.into(), kind, advice: advice.into(), meant: None }
    }

    /// The same, with the field or word that is meant.
    #[must_use]
    pub fn meant(mut self, meant: impl Into<String>) -> Self {
        self.meant = Some(meant.into());
        self
    }

    /// The field that an operation with these fields does not have.
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
        write!(f, "{}: {}", text_in_brief(&self.field), self.advice)
    }
}

/// Of these fields the words that are nearly or not at all known, and those that the service ignores.
pub(crate) fn of_fields(limits: &[Limit], ignored: &[Ignored], fields: &Map<String, Value>) -> Vec<Warning> {
    let of_words = fields.iter().filter_map(|(field, value)| of_word(limits, field, value.as_str()?));
    let mut warnings: Vec<_> = of_words.collect();
    let given = ignored.iter().filter(|ignored| ignored.is_given(fields));
    warnings.extend(given.map(|given| Warning::new(given.field, WarningKind::Ignored, given.to_string())));
    warnings
}

/// A word that is not one of those which the limits of its field name.
fn of_word(limits: &[Limit], field: &str, said: &str) -> Option<Warning> {
    let of_field = || limits.iter().filter(|limit| limit.field == field);
    let words: Vec<_> = of_field().flat_map(|limit| limit.bound.words()).copied().collect();
    if words.contains(&said) {
        return None;
    }
    let brief = text_in_brief(said);
    if let Some(meant) = nearest(said, &words) {
        let advice = format!("{brief:?} is not a known word; did you mean {meant:?}?");
        return Some(Warning::new(field, WarningKind::NearMiss, advice).meant(meant));
    }
    // Lists that are closed, and models that other operations take, are a matter of the rules.
    let is_open = of_field().any(|limit| matches!(limit.bound, Bound::Known(_)));
    if !is_open || said.trim().is_empty() || Model::WORDS.contains(&said) {
        return None;
    }
    let mut advice = format!("{brief:?} is not a word that this version knows");
    if words.len() <= MOST_WORDS {
        advice = format!("{advice}; it knows {}", words.join(", "));
    }
    Some(Warning::new(field, WarningKind::UnknownWord, advice))
}

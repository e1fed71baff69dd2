//! What is legal in a request, and surely not meant.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use super::{limit::Limit, near::nearest};
use crate::text::redacted::text_in_brief;

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

/// The words in these fields that are nearly those which the limits name.
pub(crate) fn near_misses(limits: &[Limit], fields: &Map<String, Value>) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for (field, value) in fields {
        let Some(said) = value.as_str() else { continue };
        let of_field = limits.iter().filter(|limit| limit.field == field);
        let words: Vec<_> = of_field.flat_map(|limit| limit.bound.words()).copied().collect();
        if words.contains(&said) {
            continue;
        }
        if let Some(meant) = nearest(said, &words) {
            let advice = format!("{:?} is not a known word; did you mean {meant:?}?", text_in_brief(said));
            warnings.push(Warning::new(field, WarningKind::NearMiss, advice).meant(meant));
        }
    }
    warnings
}

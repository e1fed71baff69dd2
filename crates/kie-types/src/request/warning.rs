//! Warnings about requests that are legal but probably mistaken.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    call_back::unreachable_host,
    ignored::IgnoredField,
    limit::{Bound, Limit},
    near::{meant_model, near_miss, nearest},
};
use crate::{
    market::Route,
    text::{one_line, redacted::text_in_brief},
    value::Model,
};

/// Maximum number of words in a list of known words. A warning does not print a longer list.
const MOST_WORDS: usize = 12;

/// A probable mistake in a request. A request can get a warning although it breaks no rule.
///
/// A warning does not stop a request from being sent. A broken rule is a [`Violation`](crate::Violation). A word that is
/// a near miss of a known word, such as `v5`, breaks a rule ([`Rule::NearMiss`](crate::Rule::NearMiss)). The name of an
/// unknown field gets only a warning, even if it is close to the name of a known field: the service spells many names in
/// two ways, such as `taskId` and `task_id`, so it may know the field. The field is sent unchanged.
///
/// ```
/// use kie_types::{Endpoint, GenerateMusic, Model, WarningKind};
///
/// let request = GenerateMusic::simple(Model::from("V9"), "an idea");
/// assert!(request.validate().is_ok()); // It could be a model that is newer than this version of the crate.
/// let [warning] = &request.warnings()[..] else { panic!("one warning") };
/// assert_eq!((warning.field.as_str(), warning.kind), ("model", WarningKind::UnknownWord));
///
/// let request = GenerateMusic::simple(Model::from("v5"), "an idea");
/// let invalid = request.validate().unwrap_err();
/// assert_eq!(invalid.violations()[0].to_string(), r#"model is "v5"; did you mean "V5"?"#);
/// assert!(request.warnings().is_empty());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum WarningKind {
    /// The operation has no such field in this version of the crate. The service may know the field.
    UnknownField,
    /// The word is unknown, and the field accepts unknown words, such as the name of a newer model.
    UnknownWord,
    /// The service ignores the field in the mode of the request.
    Ignored,
    /// The field is left out, and the service then does something that is rarely wanted, such as to make a song of 20
    /// seconds.
    LeftOut,
    /// KIE labels the model as discontinued on the market route. The service still accepts the model.
    Discontinued,
    /// The documentation does not name the model for this field. The service may accept it.
    Undocumented,
    /// The host of the callback address cannot be reached from the internet, for example `localhost`. Leave this warning
    /// out if the request goes to a service on the same machine or in the same network, such as the simulator.
    Unreachable,
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

/// Returns the warnings about words that are unknown, about models that are discontinued on the route, about fields that
/// the service ignores, and about the callback address. `call_back` is the name of the field with the callback address.
pub(crate) fn of_fields(
    route: Route,
    limits: &[Limit],
    ignored: &[IgnoredField],
    call_back: Option<&str>,
    fields: &Map<String, Value>,
) -> Vec<Warning> {
    let of_words = fields.iter().filter_map(|(field, value)| of_word(limits, field, value.as_str()?));
    let mut warnings: Vec<_> = of_words.collect();
    warnings.extend(fields.get("model").and_then(|model| of_model(route, limits, model.as_str()?)));
    let given = ignored.iter().filter(|ignored| ignored.is_given(fields));
    warnings.extend(given.map(|given| Warning::new(given.field, WarningKind::Ignored, given.to_string())));
    warnings.extend(call_back.and_then(|field| of_address(field, fields.get(field)?.as_str()?)));
    warnings
}

/// Returns the warning about a model that the operation accepts, and that is discontinued on the route.
fn of_model(route: Route, limits: &[Limit], model: &str) -> Option<Warning> {
    let is_accepted = limits.iter().any(|limit| limit.field == "model" && limit.bound.words().contains(&model));
    let is_discontinued = route == Route::Market && is_accepted && Model::from(model).is_before_v6();
    let advice = || {
        let newest = Model::NEWEST_MARKET;
        format!("KIE labels {model} as discontinued on the {route} route; the newest model is {newest}")
    };
    is_discontinued.then(|| Warning::new("model", WarningKind::Discontinued, advice()))
}

/// Returns the warning about a callback address that the service cannot reach.
fn of_address(field: &str, url: &str) -> Option<Warning> {
    let host = text_in_brief(unreachable_host(url)?);
    let advice = format!("{host:?} cannot be reached from the internet, so no callback will arrive");
    Some(Warning::new(field, WarningKind::Unreachable, advice))
}

/// Returns the warning about a word that is unknown for its field. Returns `None` if the word needs no warning, for
/// example because the limits of the field list it.
fn of_word(limits: &[Limit], field: &str, word: &str) -> Option<Warning> {
    let of_field = || limits.iter().filter(|limit| limit.field == field);
    // A warning is needed only if the field accepts unknown words (`Bound::Known`). In a field with a closed list of
    // words, an unknown word breaks a rule.
    let is_open = of_field().any(|limit| matches!(limit.bound, Bound::Known(_)));
    if !is_open || word.trim().is_empty() {
        return None;
    }
    let words: Vec<_> = of_field().flat_map(|limit| limit.bound.words()).copied().collect();
    // Two kinds of words break a rule, and so need no warning: a near miss of a known word, and a known model that this
    // operation does not accept.
    let is_of_model = || words.iter().any(|word| Model::WORDS.contains(word)) && meant_model(word).is_some();
    if words.contains(&word) || near_miss(word, &words).is_some() || is_of_model() {
        return None;
    }
    let advice = format!("{:?} is not a word that this version knows", text_in_brief(word));
    let warning = |advice| Warning::new(field, WarningKind::UnknownWord, advice);
    Some(match nearest(word, &words) {
        Some(meant) => warning(format!("{advice}; did you mean {meant:?}?")).meant(meant),
        None if words.len() <= MOST_WORDS => warning(format!("{advice}; it knows {}", words.join(", "))),
        None => warning(advice),
    })
}

//! The documented rules of a request, and the report of those it breaks.

use std::{fmt, ops::RangeInclusive};

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::{endpoint::Endpoint, suno::Model, weight::Weight};

/// The documented rules a request breaks, all at once.
///
/// Nothing was sent and nothing was charged.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Invalid {
    operation: &'static str,
    violations: Vec<Violation>,
}

impl Invalid {
    /// The operation's name, such as `extend-music`.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// Every broken rule, at least one.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} breaks {} documented rule", self.operation, self.violations.len())?;
        if self.violations.len() != 1 {
            f.write_str("s")?;
        }
        for (index, violation) in self.violations.iter().enumerate() {
            write!(f, "{} {violation}", if index == 0 { ":" } else { ";" })?;
        }
        Ok(())
    }
}

impl std::error::Error for Invalid {}

/// One broken rule.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Violation {
    /// The path of the field, by its name on the wire, such as `prompt`.
    pub field: String,
    /// The rule, with the limit and the value.
    pub rule: Rule,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.field, self.rule)
    }
}

/// Printed as the field, a sentence, and the rule with its numbers.
impl Serialize for Violation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Printed<'a> {
            field: &'a str,
            message: String,
            #[serde(flatten)]
            rule: &'a Rule,
        }
        Printed { field: &self.field, message: self.to_string(), rule: &self.rule }.serialize(serializer)
    }
}

/// A documented rule, with the limit and the value that breaks it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "rule", rename_all = "camelCase")]
#[non_exhaustive]
pub enum Rule {
    /// The field must be there and must not be blank.
    #[non_exhaustive]
    Required {
        /// When it must, if not always.
        #[serde(skip_serializing_if = "Option::is_none")]
        when: Option<&'static str>,
    },
    /// The field must not be there.
    #[non_exhaustive]
    Forbidden {
        /// When it must not.
        when: &'static str,
    },
    /// The text is too long. A character is a Unicode scalar value.
    #[non_exhaustive]
    TooLong {
        /// The most characters there may be.
        limit: usize,
        /// The characters there are.
        actual: usize,
    },
    /// The number is too small or too large.
    #[non_exhaustive]
    OutOfRange {
        /// The smallest number there may be.
        min: f64,
        /// The largest number there may be.
        max: f64,
        /// The number there is.
        actual: f64,
    },
    /// The number must be more than 0.
    #[non_exhaustive]
    NotAboveZero {
        /// The number there is.
        actual: f64,
    },
    /// The number lies between two steps.
    #[non_exhaustive]
    OffStep {
        /// The distance between two valid numbers.
        step: f64,
        /// The number there is.
        actual: f64,
    },
    /// The number must be more than that of another field.
    #[non_exhaustive]
    NotMoreThan {
        /// The other field.
        than: &'static str,
        /// The number there.
        floor: f64,
        /// The number there is.
        actual: f64,
    },
    /// The word is not one that this operation accepts.
    #[non_exhaustive]
    NotAccepted {
        /// The words that are accepted.
        accepted: Vec<String>,
        /// The word there is.
        actual: String,
    },
    /// The text is not an `http` or `https` address.
    NotAnAddress,
    /// The path begins or ends with a slash.
    SlashAtAnEnd,
    /// The JSON value cannot be read as the field's type.
    #[non_exhaustive]
    WrongType {
        /// What is wrong with it.
        problem: String,
    },
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Required { when: None } => f.write_str("is required"),
            Self::Required { when: Some(when) } => write!(f, "is required when {when}"),
            Self::Forbidden { when } => write!(f, "must be left out when {when}"),
            Self::TooLong { limit, actual } => write!(f, "has {actual} characters, at most {limit} are allowed"),
            Self::NotAboveZero { actual } => write!(f, "is {actual}, and must be more than 0"),
            Self::OutOfRange { min, max, actual } => write!(f, "is {actual}, allowed is {min} to {max}"),
            Self::OffStep { step, actual } => write!(f, "is {actual}, allowed are steps of {step}"),
            Self::NotAccepted { accepted, actual } => {
                write!(f, "is {:?}, accepted are {}", crate::brief::text_in_brief(actual), accepted.join(", "))
            }
            Self::NotMoreThan { than, floor, actual } => {
                write!(f, "is {actual}, and must be more than {than}, which is {floor}")
            }
            Self::SlashAtAnEnd => f.write_str("must have no slash at either end"),
            Self::NotAnAddress => f.write_str("is not an http or https address"),
            Self::WrongType { problem } => write!(f, "cannot be read: {problem}"),
        }
    }
}

/// The number of characters as the limits count them: Unicode scalar values.
///
/// The service does not say whether it counts these or UTF-16 units; they differ for emoji.
pub fn characters(text: &str) -> usize {
    text.chars().count()
}

/// A request's rules, checked one after the other; all that are broken are reported together.
#[derive(Debug)]
pub(crate) struct Rules {
    operation: &'static str,
    violations: Vec<Violation>,
}

impl Rules {
    pub(crate) fn of<E: Endpoint>() -> Self {
        Self { operation: E::NAME, violations: Vec::new() }
    }

    fn broken(&mut self, field: &str, rule: Rule) {
        self.violations.push(Violation { field: field.to_owned(), rule });
    }

    pub(crate) fn required(&mut self, field: &str, text: &str) {
        if text.trim().is_empty() {
            self.broken(field, Rule::Required { when: None });
        }
    }

    pub(crate) fn required_when(&mut self, when: &'static str, field: &str, text: Option<&str>) {
        if text.is_none_or(|text| text.trim().is_empty()) {
            self.broken(field, Rule::Required { when: Some(when) });
        }
    }

    pub(crate) fn required_number(&mut self, field: &str, number: Option<f64>) {
        if number.is_none() {
            self.broken(field, Rule::Required { when: None });
        }
    }

    pub(crate) fn required_number_when(&mut self, when: &'static str, field: &str, number: Option<f64>) {
        if number.is_none() {
            self.broken(field, Rule::Required { when: Some(when) });
        }
    }

    pub(crate) fn forbidden_when(&mut self, when: &'static str, field: &str, present: bool) {
        if present {
            self.broken(field, Rule::Forbidden { when });
        }
    }

    pub(crate) fn at_most(&mut self, field: &str, text: Option<&str>, limit: usize) {
        // A text never has more characters than bytes, so only those with too many bytes are counted.
        if let Some(text) = text.filter(|text| text.len() > limit) {
            let actual = characters(text);
            if actual > limit {
                self.broken(field, Rule::TooLong { limit, actual });
            }
        }
    }

    pub(crate) fn range(&mut self, field: &str, number: Option<f64>, range: RangeInclusive<f64>) {
        if let Some(actual) = number.filter(|number| !range.contains(number)) {
            self.broken(field, Rule::OutOfRange { min: *range.start(), max: *range.end(), actual });
        }
    }

    pub(crate) fn above_zero(&mut self, field: &str, number: Option<f64>) {
        if let Some(actual) = number.filter(|number| !(*number > 0.0 && number.is_finite())) {
            self.broken(field, Rule::NotAboveZero { actual });
        }
    }

    pub(crate) fn whole(&mut self, field: &str, number: Option<f64>) {
        if let Some(actual) = number.filter(|number| number.fract() != 0.0) {
            self.broken(field, Rule::OffStep { step: 1.0, actual });
        }
    }

    pub(crate) fn more_than(&mut self, field: &str, number: Option<f64>, than: &'static str, floor: Option<f64>) {
        if let (Some(actual), Some(floor)) = (number, floor)
            && actual <= floor
        {
            self.broken(field, Rule::NotMoreThan { than, floor, actual });
        }
    }

    pub(crate) fn weight(&mut self, field: &str, weight: Option<Weight>) {
        let Some(actual) = weight.map(Weight::get) else { return };
        self.range(field, Some(actual), Weight::MIN..=Weight::MAX);
        self.steps(field, Some(actual), Weight::STEP);
    }

    pub(crate) fn steps(&mut self, field: &str, number: Option<f64>, step: f64) {
        let Some(actual) = number else { return };
        let steps = actual / step;
        if (steps - steps.round()).abs() > 1e-6 {
            self.broken(field, Rule::OffStep { step, actual });
        }
    }

    pub(crate) fn accepted<'a>(&mut self, field: &str, word: &str, accepted: impl IntoIterator<Item = &'a str>) {
        let accepted: Vec<_> = accepted.into_iter().map(String::from).collect();
        if !accepted.iter().any(|known| known == word) {
            self.broken(field, Rule::NotAccepted { accepted, actual: word.to_owned() });
        }
    }

    pub(crate) fn address(&mut self, field: &str, url: Option<&str>) {
        let Some(url) = url else { return };
        let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        if host.is_none_or(|host| host.is_empty() || host.starts_with('/') || url.contains(char::is_whitespace)) {
            self.broken(field, Rule::NotAnAddress);
        }
    }

    pub(crate) fn folder(&mut self, field: &str, path: &str) {
        if path.starts_with('/') || path.ends_with('/') {
            self.broken(field, Rule::SlashAtAnEnd);
        }
    }

    /// The model's row in a page's table: `None` for a model this version does not know, which has no limits, and
    /// for one that the page does not accept, which is reported.
    pub(crate) fn model<'t, L>(
        &mut self,
        model: &Model,
        table: &'t [(Model, Option<L>); Model::ALL.len()],
    ) -> Option<&'t L> {
        self.required("model", model.as_str());
        let (_, limits) = table.iter().find(|(known, _)| known == model)?;
        if limits.is_none() {
            let accepted = table.iter().filter(|(_, limits)| limits.is_some());
            self.accepted("model", model.as_str(), accepted.map(|(model, _)| model.as_str()));
        }
        limits.as_ref()
    }

    pub(crate) fn finish(self) -> Result<(), Invalid> {
        if self.violations.is_empty() { Ok(()) } else { Err(self.report()) }
    }

    fn report(self) -> Invalid {
        Invalid { operation: self.operation, violations: self.violations }
    }
}

/// What [`check`] found out about a JSON document.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Checked<E> {
    /// The request, or all the rules that are broken, among them missing fields and wrong types.
    pub result: Result<E, Invalid>,
    /// Keys that the operation does not have. The service may know them; this version does not.
    pub unknown: Vec<String>,
}

/// Checks a JSON document as a request of the operation `E`, without sending anything.
///
/// Every problem is reported, not only the first: missing fields, wrong types, and the rules of
/// [`Endpoint::validate`]. A missing mode flag leaves the rules that depend on it unchecked.
///
/// ```
/// use kie_types::{ExtendMusic, check};
/// use serde_json::json;
///
/// let checked = check::<ExtendMusic>(&json!({ "defaultParamFlag": false, "model": 5, "mood": "blue" }));
/// let broken = checked.result.unwrap_err();
/// let fields: Vec<_> = broken.violations().iter().map(|violation| violation.field.as_str()).collect();
/// assert_eq!(fields, ["model", "audioId"]);
/// assert_eq!(checked.unknown, ["mood"]);
/// ```
pub fn check<E: Endpoint>(body: &Value) -> Checked<E> {
    let mut rules = Rules::of::<E>();
    let Value::Object(mut fields) = body.clone() else {
        rules.broken("request", Rule::WrongType { problem: "it is not a JSON object".into() });
        return Checked { result: Err(rules.report()), unknown: Vec::new() };
    };
    let known = crate::shape::field_names::<E>();
    let unknown = fields.keys().filter(|key| !known.contains(&key.as_str())).cloned().collect();

    // Each field is tried alone, in a request that is otherwise known to be good.
    let sample = E::examples().into_iter().next().map(serde_json::to_value);
    let Some(Ok(Value::Object(sample))) = sample else {
        rules.broken("request", Rule::WrongType { problem: "the operation has no example to check against".into() });
        return Checked { result: Err(rules.report()), unknown };
    };
    for &name in known {
        let mut trial = sample.clone();
        match fields.get(name) {
            Some(value) => trial.insert(name.to_owned(), value.clone()),
            None => trial.remove(name),
        };
        if let Err(error) = serde_json::from_value::<E>(Value::Object(trial)) {
            rules.broken(
                name,
                match fields.remove(name) {
                    Some(_) => Rule::WrongType { problem: error.to_string() },
                    None => Rule::Required { when: None },
                },
            );
        }
    }

    let request = serde_json::from_value::<E>(Value::Object(fields));
    if let Ok(Err(invalid)) = request.as_ref().map(E::validate) {
        for violation in invalid.violations {
            if !rules.violations.iter().any(|reported| reported.field == violation.field) {
                rules.violations.push(violation);
            }
        }
    }
    let result = match request {
        Ok(request) if rules.violations.is_empty() => Ok(request),
        _ => Err(rules.report()),
    };
    Checked { result, unknown }
}

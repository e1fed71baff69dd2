//! The kinds of rules that the pages state, checked one after the other.

use std::ops::RangeInclusive;

use super::invalid::{Invalid, Rule, Violation};
use crate::value::{Model, Weight};

/// The number of characters as the limits count them: Unicode scalar values.
///
/// The service does not say whether it counts these or UTF-16 units; they differ for emoji.
pub fn characters(text: &str) -> usize {
    text.chars().count()
}

/// A request's rules, checked one after the other; all that are broken are reported together.
///
/// [`Endpoint::validate`](crate::Endpoint::validate) of every operation is written with it, and so can that of an operation
/// of your own. Fields are named as on the wire; a field that is `None` breaks no rule but those that require it.
///
/// ```
/// use kie_types::{Rule, Rules};
///
/// let (title, speed, tags) = (Some("x".repeat(81)), Some(2.5), ["a", "b", "a"]);
/// let mut rules = Rules::new("shift-pitch");
/// rules.required("title", title.as_deref().unwrap_or_default());
/// rules.at_most("title", title.as_deref(), 80);
/// rules.range("speed", speed, 0.5..=2.0);
/// if tags[0] == tags[2] {
///     rules.broken("tags", Rule::custom("must differ from each other"));
/// }
/// let invalid = rules.finish().unwrap_err();
/// assert_eq!(
///     invalid.to_string(),
///     "shift-pitch breaks 3 documented rules: title has 81 characters, at most 80 are allowed; \
///      speed is 2.5, allowed is 0.5 to 2; tags must differ from each other",
/// );
/// ```
#[derive(Debug)]
#[must_use = "broken rules are reported by `finish`"]
pub struct Rules {
    operation: &'static str,
    pub(crate) violations: Vec<Violation>,
}

impl Rules {
    /// No rule is broken yet of the operation of this name.
    pub fn new(operation: &'static str) -> Self {
        Self { operation, violations: Vec::new() }
    }

    /// Reports that a field breaks a rule. The others report by it too; for rules that they do not know there is
    /// [`Rule::custom`].
    pub fn broken(&mut self, field: &str, rule: Rule) {
        self.violations.push(Violation { field: field.to_owned(), rule });
    }

    /// A text that must be there and must not be blank.
    pub fn required(&mut self, field: &str, text: &str) {
        if text.trim().is_empty() {
            self.broken(field, Rule::Required { when: None });
        }
    }

    /// A text that must be there when something else is so, such as `customMode is true`.
    pub fn required_when(&mut self, when: &'static str, field: &str, text: Option<&str>) {
        if text.is_none_or(|text| text.trim().is_empty()) {
            self.broken(field, Rule::Required { when: Some(when) });
        }
    }

    /// A number that must be there.
    pub fn required_number(&mut self, field: &str, number: Option<f64>) {
        if number.is_none() {
            self.broken(field, Rule::Required { when: None });
        }
    }

    /// A number that must be there when something else is so.
    pub fn required_number_when(&mut self, when: &'static str, field: &str, number: Option<f64>) {
        if number.is_none() {
            self.broken(field, Rule::Required { when: Some(when) });
        }
    }

    /// A field that must be left out when something else is so.
    pub fn forbidden_when(&mut self, when: &'static str, field: &str, present: bool) {
        if present {
            self.broken(field, Rule::Forbidden { when });
        }
    }

    /// A text of at most `limit` [characters].
    pub fn at_most(&mut self, field: &str, text: Option<&str>, limit: usize) {
        // A text never has more characters than bytes, so only those with too many bytes are counted.
        if let Some(text) = text.filter(|text| text.len() > limit) {
            let actual = characters(text);
            if actual > limit {
                self.broken(field, Rule::TooLong { limit, actual });
            }
        }
    }

    /// A number within a range, its ends included.
    pub fn range(&mut self, field: &str, number: Option<f64>, range: RangeInclusive<f64>) {
        if let Some(actual) = number.filter(|number| !range.contains(number)) {
            self.broken(field, Rule::OutOfRange { min: *range.start(), max: *range.end(), actual });
        }
    }

    /// A finite number above 0.
    pub fn above_zero(&mut self, field: &str, number: Option<f64>) {
        if let Some(actual) = number.filter(|number| !(*number > 0.0 && number.is_finite())) {
            self.broken(field, Rule::NotAboveZero { actual });
        }
    }

    /// A number above that of the field `than`, which is `floor`.
    pub fn more_than(&mut self, field: &str, number: Option<f64>, than: &'static str, floor: Option<f64>) {
        if let (Some(actual), Some(floor)) = (number, floor)
            && actual <= floor
        {
            self.broken(field, Rule::NotMoreThan { than, floor, actual });
        }
    }

    /// A finite number that is not smaller than `min`.
    pub fn at_least(&mut self, field: &str, number: Option<f64>, min: f64) {
        // A sum of two decimal fractions can lie a hair above the number that it is written as.
        if let Some(actual) = number.filter(|number| !(*number >= min - 1e-6 && number.is_finite())) {
            self.broken(field, Rule::TooSmall { min, actual });
        }
    }

    /// A number that is a multiple of `step`.
    pub fn step(&mut self, field: &str, number: Option<f64>, step: f64) {
        let Some(actual) = number else { return };
        let steps = actual / step;
        if (steps - steps.round()).abs() > 1e-6 {
            self.broken(field, Rule::OffStep { step, actual });
        }
    }

    /// A list of exactly `count` entries, which has `actual`.
    pub fn exactly(&mut self, field: &str, actual: usize, count: usize) {
        if actual != count {
            self.broken(field, Rule::WrongCount { count, actual });
        }
    }

    /// A weight within its range, on one of its steps.
    pub fn weight(&mut self, field: &str, weight: Option<Weight>) {
        let weight = weight.map(Weight::get);
        self.range(field, weight, Weight::MIN..=Weight::MAX);
        self.step(field, weight, Weight::STEP);
    }

    /// One of the accepted words.
    pub fn accepted<'a>(&mut self, field: &str, word: &str, accepted: impl Iterator<Item = &'a str> + Clone) {
        if !accepted.clone().any(|known| known == word) {
            let accepted = accepted.map(String::from).collect();
            self.broken(field, Rule::NotAccepted { accepted, actual: word.to_owned() });
        }
    }

    /// An `http` or `https` address.
    pub fn address(&mut self, field: &str, url: Option<&str>) {
        let Some(url) = url else { return };
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        // The service's own links can have spaces after the host.
        let is_clean = !host.contains(' ') && !url.ends_with(' ') && !url.contains(char::is_control);
        if host.is_empty() || !is_clean {
            self.broken(field, Rule::NotAnAddress);
        }
    }

    /// A path without a slash at either end.
    pub fn folder(&mut self, field: &str, path: &str) {
        if path.starts_with('/') || path.ends_with('/') {
            self.broken(field, Rule::SlashAtAnEnd);
        }
    }

    /// An address that must be there; one that is missing is reported as that alone.
    pub fn required_address(&mut self, field: &str, url: &str) {
        self.required(field, url);
        self.address(field, Some(url).filter(|url| !url.trim().is_empty()));
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

    /// The end: all broken rules, or none.
    ///
    /// # Errors
    ///
    /// [`Invalid`] with every rule that is broken.
    pub fn finish(self) -> Result<(), Invalid> {
        if self.violations.is_empty() { Ok(()) } else { Err(self.report()) }
    }

    pub(crate) fn report(self) -> Invalid {
        Invalid::new(self.operation, self.violations)
    }
}

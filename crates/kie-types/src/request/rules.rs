//! Checks of requests: one method for each kind of rule in the documentation.

use std::ops::RangeInclusive;

use super::{
    call_back::NO_CALLBACK,
    invalid::{Invalid, Rule, Violation},
    near::{meant_model, near_miss, nearest},
};
use crate::{
    market::Route,
    value::{Model, Weight},
};

/// Returns the number of characters of a text, as the limits count them: Unicode scalar values.
///
/// The service does not say if it counts Unicode scalar values or UTF-16 units. The two numbers differ for emoji.
pub fn characters(text: &str) -> usize {
    text.chars().count()
}

/// Checks the rules of a request one by one and collects all broken rules.
///
/// The [`Endpoint::validate`](crate::Endpoint::validate) of every operation uses this type, and your own operations can
/// use it too. The argument `field` is the name of the field on the wire. A field that is `None` breaks only the rules
/// that require the field.
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
    /// Starts a check of the named operation. No rule is broken yet.
    pub fn new(operation: &'static str) -> Self {
        Self { operation, violations: Vec::new() }
    }

    /// Reports that a field breaks a rule. Use [`Rule::custom`] for a rule that no other method checks.
    pub fn broken(&mut self, field: &str, rule: Rule) {
        self.violations.push(Violation { field: field.to_owned(), rule });
    }

    /// Checks that a text is present and not blank.
    pub fn required(&mut self, field: &str, text: &str) {
        if text.trim().is_empty() {
            self.broken(field, Rule::Required { when: None });
        }
    }

    /// Checks that a text is present and not blank under a condition. `when` is the condition as text, such as
    /// `customMode is true`. Call this method only if the condition holds.
    pub fn required_when(&mut self, when: &'static str, field: &str, text: Option<&str>) {
        if text.is_none_or(|text| text.trim().is_empty()) {
            self.broken(field, Rule::Required { when: Some(when) });
        }
    }

    /// Checks that a number is present.
    pub fn required_number(&mut self, field: &str, number: Option<f64>) {
        if number.is_none() {
            self.broken(field, Rule::Required { when: None });
        }
    }

    /// Checks that a number is present under the condition `when`. Call this method only if the condition holds.
    pub fn required_number_when(&mut self, when: &'static str, field: &str, number: Option<f64>) {
        if number.is_none() {
            self.broken(field, Rule::Required { when: Some(when) });
        }
    }

    /// Checks that a field is left out under the condition `when`. Call this method only if the condition holds.
    pub fn forbidden_when(&mut self, when: &'static str, field: &str, present: bool) {
        if present {
            self.broken(field, Rule::Forbidden { when });
        }
    }

    /// Checks that a field that only the other route has is left out on this route.
    pub fn not_carried(&mut self, route: Route, field: &str, present: bool) {
        if present {
            self.broken(field, Rule::NotCarried { route });
        }
    }

    /// Checks that a text has at most `limit` [characters].
    pub fn at_most(&mut self, field: &str, text: Option<&str>, limit: usize) {
        // A text has at least as many bytes as characters. So a text with at most `limit` bytes need not be counted.
        if let Some(text) = text.filter(|text| text.len() > limit) {
            let actual = characters(text);
            if actual > limit {
                self.broken(field, Rule::TooLong { limit, actual });
            }
        }
    }

    /// Checks that a number is within a range. The first and the last number of the range are valid.
    pub fn range(&mut self, field: &str, number: Option<f64>, range: RangeInclusive<f64>) {
        if let Some(actual) = number.filter(|number| !range.contains(number)) {
            self.broken(field, Rule::OutOfRange { min: *range.start(), max: *range.end(), actual });
        }
    }

    /// Checks that a number is finite and above 0.
    pub fn above_zero(&mut self, field: &str, number: Option<f64>) {
        if let Some(actual) = number.filter(|number| !(*number > 0.0 && number.is_finite())) {
            self.broken(field, Rule::NotAboveZero { actual });
        }
    }

    /// Checks that a number is larger than `floor`, the number in the field `than`.
    pub fn more_than(&mut self, field: &str, number: Option<f64>, than: &'static str, floor: Option<f64>) {
        if let (Some(actual), Some(floor)) = (number, floor)
            && actual <= floor
        {
            self.broken(field, Rule::NotMoreThan { than, floor, actual });
        }
    }

    /// Checks that a number is finite and not smaller than `min`.
    pub fn at_least(&mut self, field: &str, number: Option<f64>, min: f64) {
        // Sums of decimal fractions have rounding errors: `min` may be slightly larger than the exact sum. So a small
        // difference is accepted.
        if let Some(actual) = number.filter(|number| !(*number >= min - 1e-6 && number.is_finite())) {
            self.broken(field, Rule::TooSmall { min, actual });
        }
    }

    /// Checks that a number is finite and a multiple of `step`.
    pub fn step(&mut self, field: &str, number: Option<f64>, step: f64) {
        let Some(actual) = number else { return };
        // Multiples of a decimal fraction, such as 0.01, have rounding errors. Whole numbers have none.
        let tolerance = if step < 1.0 { 1e-6 } else { 0.0 };
        let steps = actual / step;
        if !actual.is_finite() || (steps - steps.round()).abs() > tolerance {
            self.broken(field, Rule::OffStep { step, actual });
        }
    }

    /// Checks that a list has exactly `count` entries. `actual` is the number of entries in the list.
    pub fn exactly(&mut self, field: &str, actual: usize, count: usize) {
        if actual != count {
            self.broken(field, Rule::WrongCount { count, actual });
        }
    }

    /// Checks that a list has at least `min` entries. `actual` is the number of entries in the list.
    pub fn at_least_entries(&mut self, field: &str, actual: usize, min: usize) {
        if actual < min {
            self.broken(field, Rule::TooFew { min, actual });
        }
    }

    /// Checks that a list has at most `max` entries. `actual` is the number of entries in the list.
    pub fn at_most_entries(&mut self, field: &str, actual: usize, max: usize) {
        if actual > max {
            self.broken(field, Rule::TooMany { max, actual });
        }
    }

    /// Checks that a weight is from 0 to 1 and a multiple of 0.01.
    pub fn weight(&mut self, field: &str, weight: Option<Weight>) {
        let weight = weight.map(Weight::get);
        self.range(field, weight, Weight::MIN..=Weight::MAX);
        self.step(field, weight, Weight::STEP);
    }

    /// Checks that a word is one of the accepted words. A word that is close to an accepted word is reported as a
    /// misspelling of that word.
    pub fn accepted<'a>(&mut self, field: &str, word: &str, accepted: impl Iterator<Item = &'a str> + Clone) {
        if !accepted.clone().any(|known| known == word) {
            match nearest(word, &accepted.clone().collect::<Vec<_>>()) {
                Some(meant) => self.misspelt(field, word, meant),
                None => self.not_accepted(field, word, accepted),
            }
        }
    }

    /// Checks that a word is not a near miss of one of the known words: the word differs from a known word only in
    /// upper and lower case, blanks, separators or one letter. All other unknown words break no rule, since they may be
    /// newer than this version of the crate.
    ///
    /// ```
    /// use kie_types::Rules;
    ///
    /// let broken = |word: &str| {
    ///     let mut rules = Rules::new("shift-pitch");
    ///     rules.known("engine", word, &["FAST_1", "PRECISE_1"]);
    ///     rules.finish().err().map(|invalid| invalid.violations()[0].to_string())
    /// };
    /// assert_eq!(broken("FAST_1"), None);
    /// assert_eq!(broken("FAST_2"), None);
    /// assert_eq!(broken("fast 1").as_deref(), Some(r#"engine is "fast 1"; did you mean "FAST_1"?"#));
    /// ```
    pub fn known(&mut self, field: &str, word: &str, known: &[&str]) {
        if !known.contains(&word)
            && let Some(meant) = near_miss(word, known)
        {
            self.misspelt(field, word, meant);
        }
    }

    fn misspelt(&mut self, field: &str, word: &str, meant: &str) {
        self.broken(field, Rule::NearMiss { actual: word.to_owned(), meant: meant.to_owned() });
    }

    fn not_accepted<'a>(&mut self, field: &str, word: &str, accepted: impl Iterator<Item = &'a str>) {
        let accepted = accepted.map(String::from).collect();
        self.broken(field, Rule::NotAccepted { accepted, actual: word.to_owned() });
    }

    /// Checks that a text is an `http` or `https` address.
    pub fn address(&mut self, field: &str, url: Option<&str>) {
        let Some(url) = url else { return };
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
        let end = rest.bytes().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len());
        let host = rest.get(..end).unwrap_or_default();
        // Almost all addresses are ASCII, and ASCII is searched faster.
        let has_control = match url.is_ascii() {
            true => url.bytes().any(|byte| byte.is_ascii_control()),
            false => url.contains(char::is_control),
        };
        // A space after the host is allowed, since links from the service can contain such spaces.
        let is_clean = !host.contains(' ') && !url.ends_with(' ') && !has_control;
        if host.is_empty() || !is_clean {
            self.broken(field, Rule::NotAnAddress);
        }
    }

    /// Checks that a callback address is an `http` or `https` address, or [`NO_CALLBACK`](crate::NO_CALLBACK).
    pub fn call_back_url(&mut self, field: &str, url: Option<&str>) {
        self.address(field, url.filter(|url| *url != NO_CALLBACK));
    }

    /// Checks that the path of a folder has no slash at either end.
    pub fn folder(&mut self, field: &str, path: &str) {
        if path.starts_with('/') || path.ends_with('/') {
            self.broken(field, Rule::SlashAtAnEnd);
        }
    }

    /// Checks that an address is present and valid. If the address is missing, only the missing address is reported,
    /// and not an invalid address.
    pub fn required_address(&mut self, field: &str, url: &str) {
        self.required(field, url);
        self.address(field, Some(url).filter(|url| !url.trim().is_empty()));
    }

    /// Checks that the model is given and that the operation accepts it. `table` has the limits of each known model, or
    /// `None` for a model that the operation does not accept. Such a model breaks a rule. A model that is not in the
    /// table breaks a rule only if it is blank or a near miss of a known model. The method returns the limits of the
    /// model, or `None` if the table has no limits for it.
    pub(crate) fn model<'t, L>(
        &mut self,
        model: &Model,
        table: &'t [(Model, Option<L>); Model::ALL.len()],
    ) -> Option<&'t L> {
        self.required("model", model.as_str());
        let limits_of =
            |model: &Model| table.iter().find(|(known, _)| known == model).map(|(_, limits)| limits.as_ref());
        let limits = limits_of(model);
        if limits.is_some_and(|limits| limits.is_some()) {
            return limits.flatten();
        }
        let meant = if limits.is_some() { None } else { Some(meant_model(model.as_str())?) };
        match &meant {
            Some(meant) if limits_of(meant).flatten().is_some() => {
                self.misspelt("model", model.as_str(), meant.as_str());
            }
            _ => {
                let accepted = table.iter().filter(|(_, limits)| limits.is_some());
                self.not_accepted("model", model.as_str(), accepted.map(|(model, _)| model.as_str()));
            }
        }
        None
    }

    /// Returns `Ok` if no rule is broken.
    ///
    /// # Errors
    ///
    /// [`Invalid`] with all broken rules.
    pub fn finish(self) -> Result<(), Invalid> {
        if self.violations.is_empty() { Ok(()) } else { Err(self.report()) }
    }

    pub(crate) fn report(self) -> Invalid {
        Invalid::new(self.operation, self.violations)
    }
}

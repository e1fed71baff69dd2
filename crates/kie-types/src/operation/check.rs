//! Checks a JSON document as a request.

use serde_json::{Map, Value};

use super::endpoint::Endpoint;
use crate::{
    market::Route,
    request::{IgnoredField, Invalid, Mode, Read, Rule, Rules, Warning, of_fields, read},
};

/// Result of [`check`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Checked<E> {
    /// The request, or all broken rules. A missing field and a wrong type count as broken rules.
    pub result: Result<E, Invalid>,
    /// Keys of the document that the operation does not have in this version of the crate. The service may know these
    /// keys. Always empty if the request type is not a plain struct.
    pub unknown: Vec<String>,
    /// Probable mistakes: unknown keys, unknown words, fields that the service ignores, and a callback address that the
    /// service cannot reach. A request with warnings can still be valid.
    pub warnings: Vec<Warning>,
}

/// Checks a JSON document as a request of the operation `E`. Nothing is sent.
///
/// All problems are reported, not only the first: missing fields, wrong types, and rules of [`Endpoint::validate`]. If
/// the request cannot be read at all, for example because a mode flag is missing, the rules of `validate` are not
/// checked.
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
///
/// let checked = check::<ExtendMusic>(&json!({
///     "defaultParamFlag": false, "model": "v5_5", "audioId": "7d0f3c52", "vocal_gender": "f",
/// }));
/// assert_eq!(checked.result.unwrap_err().violations()[0].to_string(), r#"model is "v5_5"; did you mean "V5_5"?"#);
/// let warnings: Vec<_> = checked.warnings.iter().map(ToString::to_string).collect();
/// assert_eq!(warnings, [r#"vocal_gender: the operation has no such field; did you mean "vocalGender"?"#]);
/// ```
pub fn check<E: Endpoint>(body: &Value) -> Checked<E> {
    check_on(body, Route::Classic)
}

/// Checks a JSON document as a request of the operation `E` on a route, as [`check`] does for the classic route. The
/// names of the fields are those of the classic route, on both routes.
///
/// ```
/// use kie_types::{GenerateMusic, Route, check_on};
/// use serde_json::json;
///
/// let song = json!({
///     "customMode": true, "instrumental": false, "model": "V6", "style": "polka", "title": "Stairs",
///     "prompt": "[Verse]\nOne, two", "variety": 3,
/// });
/// let invalid = check_on::<GenerateMusic>(&song, Route::Classic).result.unwrap_err();
/// assert_eq!(
///     invalid.violations()[0].to_string(),
///     "variety cannot be sent on the classic route; the field exists only on the market route",
/// );
/// let checked = check_on::<GenerateMusic>(&song, Route::Market);
/// assert!(checked.result.is_ok());
/// assert_eq!(checked.warnings[0].field, "duration");
/// ```
pub fn check_on<E: Endpoint>(body: &Value, route: Route) -> Checked<E> {
    let mut rules = Rules::new(E::NAME);
    let Value::Object(fields) = body else {
        rules.broken("request", Rule::WrongType { problem: "it is not a JSON object".into() });
        return Checked { result: Err(rules.report()), unknown: Vec::new(), warnings: Vec::new() };
    };
    let Read { request, known } = read::<E>(fields, &mut rules);
    let unknown = unknown(fields, known);
    let mut warnings: Vec<_> =
        unknown.iter().map(|key| Warning::unknown_field(key, known.unwrap_or_default())).collect();
    let ignored = in_known_modes(E::ignored_on(route), &rules);
    warnings.extend(of_fields(route, &E::limits_on(route), &ignored, E::CALL_BACK_URL, fields));
    if let Some(request) = &request {
        warnings.extend(request.own_warnings(route));
        add(&mut rules, request.validate_on(route));
    }
    let result = match request {
        Some(request) if rules.violations.is_empty() => Ok(request),
        _ => Err(rules.report()),
    };
    Checked { result, unknown, warnings }
}

/// Returns the keys of a request that are not in the list of its fields. Returns no key if there is no list.
fn unknown(fields: &Map<String, Value>, known: Option<&[&str]>) -> Vec<String> {
    let is_unknown = |key: &&String| known.is_some_and(|known| !known.contains(&key.as_str()));
    fields.keys().filter(is_unknown).cloned().collect()
}

/// Returns the ignored fields whose modes are known. If the field that selects a mode breaks a rule, it is not known if
/// the request is in this mode. Then there are no warnings about the fields that the service ignores in this mode.
fn in_known_modes(mut ignored: Vec<IgnoredField>, rules: &Rules) -> Vec<IgnoredField> {
    let is_mode_known = |mode: &Mode| !rules.violations.iter().any(|violation| violation.field == mode.field);
    ignored.retain(|ignored| ignored.modes.iter().all(is_mode_known));
    ignored
}

/// Adds broken rules of fields that are not reported yet.
fn add(rules: &mut Rules, validated: Result<(), Invalid>) {
    let Err(invalid) = validated else { return };
    for violation in invalid.into_violations() {
        if !rules.violations.iter().any(|reported| reported.field == violation.field) {
            rules.violations.push(violation);
        }
    }
}

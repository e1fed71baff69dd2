//! Helpers of the tests that check both sides of a limit.

use kie_types::{Endpoint, Invalid, Model, Route, Rule};

pub(crate) const TRACK: &str = "7d0f3c52-0b1e-4d5a-9a55-1f2e3d4c5b6a";

/// Three characters that take one, three and four bytes in UTF-8. The last one also takes two UTF-16 units.
const ALPHABETS: [&str; 3] = ["x", "漢", "🎵"];

pub(crate) fn fields(invalid: &Invalid) -> Vec<&str> {
    invalid.violations().iter().map(|violation| violation.field.as_str()).collect()
}

pub(crate) fn broken<E: Endpoint>(request: &E) -> Vec<String> {
    broken_on(Route::Classic, request)
}

pub(crate) fn broken_on<E: Endpoint>(route: Route, request: &E) -> Vec<String> {
    match request.validate_on(route) {
        Ok(()) => Vec::new(),
        Err(invalid) => fields(&invalid).into_iter().map(String::from).collect(),
    }
}

/// Checks that this field accepts texts of `limit - 1` and `limit` characters. Also checks that it refuses `limit + 1`
/// characters with an error that names the field and the numbers.
pub(crate) fn boundary<E: Endpoint>(field: &str, limit: usize, request: impl Fn(String) -> E) {
    boundary_on(Route::Classic, field, limit, request);
}

/// Checks the same as [`boundary`] for a route.
pub(crate) fn boundary_on<E: Endpoint>(route: Route, field: &str, limit: usize, request: impl Fn(String) -> E) {
    for letter in ALPHABETS {
        for length in [limit - 1, limit] {
            let outcome = request(letter.repeat(length)).validate_on(route);
            assert_eq!(outcome, Ok(()), "{}: {field} of {length} times {letter}", E::NAME);
        }
        let invalid = request(letter.repeat(limit + 1)).validate_on(route).unwrap_err();
        let [violation] = invalid.violations() else { panic!("{}: {invalid}", E::NAME) };
        assert_eq!((invalid.operation(), violation.field.as_str()), (E::NAME, field));
        let Rule::TooLong { limit: named, actual, .. } = violation.rule else { panic!("{violation}") };
        assert_eq!((named, actual), (limit, limit + 1), "{}: {field} in {letter}", E::NAME);
        let sentence = violation.to_string();
        assert!(
            sentence.contains(&limit.to_string()) && sentence.contains(&actual.to_string()),
            "{sentence} names no numbers"
        );
    }
}

pub(crate) fn not_accepted<E: Endpoint>(model: &Model, accepted: &[&Model], request: &E) {
    let invalid = request.validate().unwrap_err();
    let Some(violation) = invalid.violations().iter().find(|violation| violation.field == "model") else {
        panic!("{}: {model} went unnoticed: {invalid}", E::NAME)
    };
    let Rule::NotAccepted { accepted: named, actual, .. } = &violation.rule else { panic!("{violation}") };
    assert_eq!(actual, model.as_str());
    assert_eq!(named, &accepted.iter().map(ToString::to_string).collect::<Vec<_>>());
}

//! Tests of the limits of numbers (weights, durations and positions), at their bounds and just beyond them.

use kie_types::{AddInstrumental, Endpoint, ExtendMusic, GenerateMusic, Invalid, Model, Rule, catalog, check};
use serde_json::json;

use crate::limits::sides::{TRACK, broken, fields};

#[test]
fn a_weight_goes_from_0_to_1_in_steps_of_a_hundredth() {
    for field in ["styleWeight", "weirdnessConstraint", "audioWeight"] {
        for number in (0..=100).map(|step| f64::from(step) / 100.0).chain([0.1 + 0.2, 1.0 - 0.01]) {
            for outcome in weighted(field, number) {
                assert_eq!(outcome, Ok(()), "{field} {number}");
            }
        }
        for (number, is_out, is_off) in [
            (1.01, true, false),
            (-0.01, true, false),
            (0.005, false, true),
            (0.015, false, true),
            (100.0, true, false),
        ] {
            for outcome in weighted(field, number) {
                let invalid = outcome.unwrap_err();
                let rules: Vec<_> = invalid.violations().iter().map(|violation| &violation.rule).collect();
                assert!(fields(&invalid).iter().all(|broken| *broken == field), "{invalid}");
                let out = rules.iter().any(
                    |rule| matches!(rule, Rule::OutOfRange { min: 0.0, max: 1.0, actual, .. } if *actual == number),
                );
                let off = rules
                    .iter()
                    .any(|rule| matches!(rule, Rule::OffStep { step: 0.01, actual, .. } if *actual == number));
                assert_eq!((out, off), (is_out, is_off), "{field} {number}");
            }
        }
    }
}

/// Sets a weight in the smallest requests of three operations. Returns the result of the validation for each.
fn weighted(field: &str, number: f64) -> [Result<(), Invalid>; 3] {
    fn of<E: Endpoint>(field: &str, number: f64) -> Result<(), Invalid> {
        let mut body = catalog::examples(E::NAME).unwrap().remove(0);
        body[field] = json!(number);
        check::<E>(&body).result.map(drop)
    }
    [of::<GenerateMusic>(field, number), of::<ExtendMusic>(field, number), of::<AddInstrumental>(field, number)]
}

#[test]
fn a_duration_goes_from_10_to_360_seconds_and_needs_v5_5_and_custom_mode() {
    let song = |model| GenerateMusic::song(model, "polka", "Stairs", "[Verse]\nOne");
    for seconds in [10.0, 92.5, 360.0] {
        assert_eq!(song(Model::V5_5).duration(seconds).validate(), Ok(()), "{seconds}");
    }
    for seconds in [9.99, 360.01, 0.0, -20.0, f64::NAN, f64::INFINITY] {
        assert_eq!(broken(&song(Model::V5_5).duration(seconds)), ["duration"], "{seconds}");
    }
    for model in [Model::V4, Model::V4_5, Model::V4_5Plus, Model::V4_5All, Model::V5] {
        assert_eq!(broken(&song(model.clone()).duration(20)), ["duration"], "{model}");
    }
    for model in [Model::V5_5, Model::V6, Model::V6Mini, Model::V6Wild] {
        assert_eq!(broken(&song(model.clone()).duration(20)), [""; 0], "{model}");
    }
    assert_eq!(broken(&GenerateMusic::simple(Model::V5_5, "an idea").duration(20)), ["duration"]);
}

#[test]
fn a_continuation_begins_after_0() {
    let at = |seconds: f64| broken(&ExtendMusic::song(Model::V5, TRACK, seconds, "polka", "Stairs", "[Verse]\nOne"));
    assert_eq!(at(0.01), [""; 0]);
    assert_eq!(at(600.0), [""; 0]);
    for seconds in [0.0, -0.0, -1.0] {
        assert_eq!(at(seconds), ["continueAt"], "{seconds}");
    }
}

#[test]
fn a_number_that_json_cannot_hold_is_never_valid() {
    for seconds in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let extend = ExtendMusic::song(Model::V5, TRACK, seconds, "polka", "Stairs", "[Verse]\nOne");
        assert_eq!(broken(&extend), ["continueAt"], "{seconds} is printed as null");
        let weighed = GenerateMusic::simple(Model::V5, "an idea").style_weight(seconds);
        assert!(broken(&weighed).contains(&"styleWeight".to_owned()), "{seconds} is printed as null");
    }
}

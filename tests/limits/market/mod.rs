//! Tests of the requests of the market route.

mod fields;
mod modes;
mod sides;
mod warnings;

use std::collections::BTreeSet;

use kie_types::{Endpoint, GenerateMusic, Model, Route, check_on};
use serde_json::{Value, json};

use super::sides::TRACK;

pub(super) const A: &str = "https://cdn.example.net/a.mp3";
pub(super) const TASK: &str = "4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e";
pub(super) const MARKET: Route = Route::Market;

/// Models, each with the maximum number of characters of `prompt` and `style`, and of the title of a mashup or of the
/// continuation of a recording.
pub(super) const MODELS: [(Model, usize, usize, usize); 9] = [
    (Model::V4, 3_000, 200, 80),
    (Model::V4_5, 5_000, 1_000, 100),
    (Model::V4_5Plus, 5_000, 1_000, 100),
    (Model::V4_5All, 5_000, 1_000, 80),
    (Model::V5, 5_000, 1_000, 100),
    (Model::V5_5, 5_000, 1_000, 100),
    (Model::V6, 5_000, 1_000, 100),
    (Model::V6Mini, 5_000, 1_000, 100),
    (Model::V6Wild, 5_000, 1_000, 100),
];

pub(super) fn words(text: &str) -> BTreeSet<String> {
    text.split_whitespace().map(String::from).collect()
}

pub(super) fn song(model: Model) -> GenerateMusic {
    GenerateMusic::song(model, "polka", "Stairs", "[Verse]\nOne, two").duration(60)
}

/// Returns a request that continues a track with parameters of its own.
pub(super) fn extend(more: &Value) -> Value {
    with(&json!({ "defaultParamFlag": true, "audioId": TRACK, "model": "V6" }), more)
}

pub(super) fn with(request: &Value, more: &Value) -> Value {
    let mut request = request.clone();
    request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    request
}

/// Returns the names of the fields in which a request breaks a rule of the market route.
pub(super) fn lacks<E: Endpoint>(request: &Value) -> String {
    let invalid = check_on::<E>(request, MARKET).result.err();
    let fields = invalid.iter().flat_map(kie_types::Invalid::violations).map(|violation| violation.field.as_str());
    fields.collect::<Vec<_>>().join(" ")
}

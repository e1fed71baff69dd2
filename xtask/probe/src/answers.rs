//! The expected answers to a question, and which of them the evidence shows.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// An expected answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    /// Conditions: pointers into the evidence, with the value there. The words `present` and `absent` stand for any
    /// value that is not null, and for null or no value.
    #[serde(rename = "if")]
    conditions: BTreeMap<String, Value>,
    /// The answer in words.
    pub(crate) says: String,
    /// `true` for the answer that the crates of this workspace assume.
    #[serde(default)]
    pub(crate) assumed: bool,
}

/// Returns the first answer that the evidence shows.
pub(crate) fn shown<'a>(answers: &'a [Answer], evidence: &Value) -> Option<&'a Answer> {
    answers.iter().find(|answer| answer.conditions.iter().all(|(pointer, value)| holds(evidence, pointer, value)))
}

fn holds(evidence: &Value, pointer: &str, value: &Value) -> bool {
    let found = evidence.pointer(pointer).filter(|found| !found.is_null());
    match value.as_str() {
        Some("present") => found.is_some(),
        Some("absent") => found.is_none(),
        _ => {
            found.is_some_and(|found| found == value || (found.as_f64().is_some() && found.as_f64() == value.as_f64()))
        }
    }
}

//! Properties of printed values: their text is short, and cannot control a terminal or a log.

use std::fmt::{Debug, Display};

use kie_types::{TaskState, text::is_dangerous};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Maximum length of the message of an error, in bytes.
const LONGEST_MESSAGE: usize = 4 * 1024;

/// Checks the two printed forms of an error.
pub(super) fn is_a_message(error: &(impl Display + Debug)) {
    for text in [error.to_string(), format!("{error:?}")] {
        cannot_control(&text);
        assert!(text.len() <= LONGEST_MESSAGE, "{} bytes: {text}", text.len());
    }
}

/// Checks the printed forms of a state. If the task failed, the failure is printed like an error.
pub(super) fn is_a_state(state: &TaskState) {
    match state {
        TaskState::Failed(failure) => is_a_message(failure),
        other => is_bounded(other, 0),
    }
}

/// Checks the printed form of a value that was read from an input of `length` bytes.
pub(super) fn is_bounded(value: &impl Debug, length: usize) {
    let text = format!("{value:?}");
    cannot_control(&text);
    // `Debug` escapes characters. The longest escape, `\u{e0001}`, has 9 bytes for a character of 4 bytes.
    let longest = 1_024 + 4 * length;
    assert!(text.len() <= longest, "{} bytes were printed from {length}: {text}", text.len());
}

/// Checks that a text has no characters that are dangerous on a terminal or in a log.
fn cannot_control(text: &str) {
    assert!(!text.contains(is_dangerous), "{text:?}");
}

/// Checks that a value, written as JSON and read again, is written as the same JSON. Returns the JSON.
pub(super) fn stays_the_same<T: Serialize + DeserializeOwned>(value: &T) -> Value {
    let printed = serde_json::to_value(value).unwrap();
    let text = printed.to_string();
    let again: T = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(serde_json::to_value(&again).unwrap(), printed);
    printed
}

//! The result of one check.

use serde::Serialize;

/// The result of one check.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Finding {
    /// Subject of the check, such as `key` or `clock`.
    pub(super) check: &'static str,
    /// Result of the check.
    pub(super) state: State,
    /// Text about the result, for people.
    pub(super) message: String,
    /// Next step of the user.
    pub(super) advice: Option<String>,
}

/// State of what was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(super) enum State {
    /// It works.
    Ok,
    /// It works, and something should be done.
    Warning,
    /// It does not work.
    Fault,
}

impl State {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Fault => "fault",
        }
    }
}

impl Finding {
    pub(super) fn ok(check: &'static str, message: impl Into<String>) -> Self {
        Self { check, state: State::Ok, message: message.into(), advice: None }
    }

    pub(super) fn warning(check: &'static str, message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, state: State::Warning, message: message.into(), advice: Some(advice.into()) }
    }

    pub(super) fn fault(check: &'static str, message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { check, state: State::Fault, message: message.into(), advice: Some(advice.into()) }
    }
}

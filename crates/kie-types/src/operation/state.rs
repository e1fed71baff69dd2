//! State of a task, and the reason for a failure.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    answer::{Charged, RefusalKind},
    text::one_line,
    value::ParseError,
};

/// Stage of a task. Callbacks and lookups use the same stages.
///
/// Only music tasks reach `text` and `first`; all other kinds of task go directly to `complete`. The service may skip
/// `text` and `first`, and callbacks may arrive in any order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Stage {
    /// The lyrics are written. Links for streaming may already play.
    Text,
    /// The first track is finished.
    First,
    /// All results are finished.
    Complete,
}

impl Stage {
    /// Returns the stage's word: `text`, `first` or `complete`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::First => "first",
            Self::Complete => "complete",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Stage {
    type Err = ParseError;

    fn from_str(word: &str) -> Result<Self, ParseError> {
        let stages = [Self::Text, Self::First, Self::Complete];
        let stage = stages.into_iter().find(|stage| stage.as_str() == word);
        stage.ok_or(ParseError::expected("a stage: text, first or complete"))
    }
}

/// State of a task, from a record or from a callback.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum TaskState {
    /// The task is running. The value is the latest stage that the task has reached. A record with an unknown status
    /// word counts as running.
    Running(Option<Stage>),
    /// The task is finished according to the service. Its record can still be without results.
    Complete,
    /// The service gave up delivering the callback of the task (`CALLBACK_EXCEPTION`), and some or all results are
    /// missing. The documentation does not say if more results will appear.
    Undelivered,
    /// The task failed. Its record can still have results that were finished before the failure.
    Failed(Failure),
}

impl TaskState {
    /// Returns the latest stage that the task has reached. Returns `None` if no stage is known, and for an undelivered
    /// or failed task.
    pub fn stage(&self) -> Option<Stage> {
        match self {
            Self::Running(stage) => *stage,
            Self::Complete => Some(Stage::Complete),
            Self::Undelivered | Self::Failed(_) => None,
        }
    }
}

/// Prints one word: `running`, `complete`, `undelivered` or `failed`. The stage and the failure are not printed.
impl fmt::Display for TaskState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Running(_) => "running",
            Self::Complete => "complete",
            Self::Undelivered => "undelivered",
            Self::Failed(_) => "failed",
        })
    }
}

/// Reason for the failure of a task.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Failure {
    /// Status or error word from the record or the callback, such as `GENERATE_AUDIO_FAILED`. `None` if the service
    /// sent no such word.
    pub status: Option<String>,
    /// Code of the failure: the `errorCode` or the `code` of the record or the callback. `None` if the service sent no
    /// code.
    pub code: Option<i64>,
    /// Message of the service. In [`PollOutcome::GivenUp`](crate::PollOutcome::GivenUp), a message of this crate.
    /// `None` if there is no message.
    pub message: Option<String>,
}

impl Failure {
    /// Creates a failure. The service sends code 0 and an empty text if it has no code or no text, so both count as
    /// missing.
    pub(crate) fn new(status: Option<&str>, code: Option<i64>, message: Option<&str>) -> Self {
        Self {
            status: status.map(Into::into),
            code: code.filter(|code| *code != 0),
            message: message.filter(|message| !message.is_empty()).map(Into::into),
        }
    }

    /// Returns the kind of the failure. The kind tells the cause, such as the content, the service or missing credits.
    pub fn kind(&self) -> RefusalKind {
        // Records of the market route have the word in the message.
        if [&self.status, &self.message].into_iter().flatten().any(|text| text.starts_with("SENSITIVE_WORD_ERROR")) {
            return RefusalKind::Content;
        }
        let Some(code) = self.code else { return RefusalKind::TaskFailed };
        match RefusalKind::of_code(code, self.message.as_deref().unwrap_or("")) {
            _ if code == 400 || code == 413 => RefusalKind::Content,
            RefusalKind::Unknown => RefusalKind::TaskFailed,
            kind => kind,
        }
    }

    /// Tells if the task was paid for. Only code 531 says that the credits were refunded.
    pub fn charged(&self) -> Charged {
        match self.code {
            Some(531) => Charged::Refunded,
            _ => Charged::Unknown,
        }
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let brief = |text: &Option<String>| text.as_deref().map(crate::text::redacted::text_in_brief);
        f.debug_struct("Failure")
            .field("status", &brief(&self.status))
            .field("code", &self.code)
            .field("message", &brief(&self.message))
            .finish()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", one_line(self.status.as_deref().unwrap_or("failed")))?;
        if let Some(code) = self.code {
            write!(f, " (code {code})")?;
        }
        if let Some(message) = &self.message {
            write!(f, ": {}", one_line(message))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_is_printed_and_read_as_it_is_serialized() {
        for stage in [Stage::Text, Stage::First, Stage::Complete] {
            assert_eq!(serde_json::to_value(stage).ok(), Some(stage.to_string().into()));
            assert_eq!(stage.to_string().parse(), Ok(stage));
        }
        for other in ["", "Text", "error"] {
            let error = other.parse::<Stage>().map_err(|error| error.to_string());
            assert_eq!(error, Err("expected a stage: text, first or complete".to_owned()), "{other}");
        }
    }

    #[test]
    fn a_state_is_printed_as_one_word() {
        let failed = TaskState::Failed(Failure::new(Some("SENSITIVE_WORD_ERROR"), Some(400), None));
        let states = [
            TaskState::Running(None),
            TaskState::Running(Some(Stage::Text)),
            TaskState::Complete,
            TaskState::Undelivered,
            failed,
        ];
        let words = states.map(|state| state.to_string());
        assert_eq!(words, ["running", "running", "complete", "undelivered", "failed"]);
    }
}

//! How a task stands, and why it failed.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::answer::{Charged, ErrorKind};

/// How far a task has come. One word for callbacks and for lookups.
///
/// Only music passes the first two; every other kind of job goes straight to the last. `text` and `first` may be
/// skipped, and nothing guarantees that callbacks arrive in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Stage {
    /// The lyrics are written; streaming links may already play.
    Text,
    /// The first track is finished.
    First,
    /// Everything is finished.
    Complete,
}

impl Stage {
    /// The stage's word: `text`, `first` or `complete`.
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

/// How a task stands, whichever of the service's vocabularies said so.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum State {
    /// Under way, with the last stage it has reached. Words that this version does not know count as this.
    Running(Option<Stage>),
    /// Finished: the output is there.
    Complete,
    /// The service gave up delivering its callback (`CALLBACK_EXCEPTION`) and shows no result, or not all of it. The
    /// documentation does not say whether more will appear.
    Undelivered,
    /// Ended without a result.
    Failed(Failure),
}

impl State {
    /// The last stage reached.
    pub fn stage(&self) -> Option<Stage> {
        match self {
            Self::Running(stage) => *stage,
            Self::Complete => Some(Stage::Complete),
            Self::Undelivered | Self::Failed(_) => None,
        }
    }
}

/// Why a task ended without a result, in the service's words.
#[derive(Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Failure {
    /// The status word of the record, such as `GENERATE_AUDIO_FAILED`.
    pub status: Option<String>,
    /// The code of the record (`errorCode`) or of the callback.
    pub code: Option<i64>,
    /// The service's explanation.
    pub message: Option<String>,
}

impl Failure {
    pub(crate) fn new(status: Option<&str>, code: Option<i64>, message: Option<&str>) -> Self {
        Self {
            status: status.map(Into::into),
            code,
            message: message.filter(|message| !message.is_empty()).map(Into::into),
        }
    }

    /// What kind of failure this is: about the content, the service or the bill.
    pub fn kind(&self) -> ErrorKind {
        if self.status.as_deref() == Some("SENSITIVE_WORD_ERROR") {
            return ErrorKind::Content;
        }
        let Some(code) = self.code else { return ErrorKind::TaskFailed };
        match ErrorKind::of_code(code, self.message.as_deref().unwrap_or("")) {
            _ if code == 400 || code == 413 => ErrorKind::Content,
            ErrorKind::Unknown => ErrorKind::TaskFailed,
            kind => kind,
        }
    }

    /// Whether the task was paid for. Only code 531 states that the credits came back.
    pub fn charged(&self) -> Charged {
        match self.code {
            Some(531) => Charged::Refunded,
            _ => Charged::Unknown,
        }
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self.message.as_deref().map(crate::text::redacted::text_in_brief);
        f.debug_struct("Failure")
            .field("status", &self.status)
            .field("code", &self.code)
            .field("message", &message)
            .finish()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.status.as_deref().unwrap_or("failed"))?;
        if let Some(code) = self.code {
            write!(f, " (code {code})")?;
        }
        if let Some(message) = &self.message {
            write!(f, ": {}", crate::text::excerpt(message))?;
        }
        Ok(())
    }
}

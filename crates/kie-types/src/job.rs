//! Background work: what kinds there are, how far a task has come, and what it made.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de::Error};

use crate::{
    endpoint::Endpoint,
    error::{Charged, ErrorKind},
    id::TaskId,
    item::Item,
    lifetime::Lifetime,
    timestamp::Timestamp,
    tolerant::{answer, any},
};

/// A kind of background work, with everything that belongs to it.
///
/// Implemented by empty types that only name the kind, such as [`Music`](crate::Music).
pub trait Job: Sized + Send + Sync + fmt::Debug + 'static {
    /// The kind in one word, such as `music`.
    const NAME: &'static str;
    /// The operation that looks a task up. It answers `None` while the service does not know the task.
    type Lookup: Endpoint<Response = Option<Self::Record>>;
    /// What the service says of a task when it is asked.
    type Record: Record<Output = Self::Output>;
    /// What the service pushes about a task, inside a [`Callback`](crate::Callback).
    type Callback: Push<Output = Self::Output>;
    /// What the job makes.
    type Output: Output;

    /// The request that looks up this task.
    fn lookup(id: TaskId<Self>) -> Self::Lookup;
}

/// What a job makes: things with links to files.
pub trait Output: fmt::Debug + Clone + Send + Sync + 'static {
    /// The things, each with the file that it is.
    fn items(&self) -> Vec<Item>;
}

/// What the service says of a task right now.
pub trait Record: Serialize + serde::de::DeserializeOwned + fmt::Debug + Clone + Send + Sync + 'static {
    /// What the job makes.
    type Output: Output;

    /// The task's id, if the record tells it.
    fn task_id(&self) -> Option<&str>;

    /// How far the task has come.
    fn state(&self) -> State;

    /// What there is of the output by now, finished or not.
    fn output(&self) -> Option<Self::Output>;

    /// When the task was made, if the record tells it. Those of lyrics, voices and recoveries never do.
    fn created(&self) -> Option<&Timestamp> {
        None
    }

    /// Until when at the least what the task made is kept, counted from when the task was made: the files are a little
    /// younger. `None` if the record tells no instant.
    fn kept_until(&self) -> Option<Timestamp> {
        Lifetime::GENERATED.kept_until(self.created()?)
    }
}

/// The part of a callback that is particular to a kind of job.
pub trait Push: Serialize + serde::de::DeserializeOwned + fmt::Debug + Clone + Default + Send + Sync + 'static {
    /// What the job makes.
    type Output: Output;

    /// The task's id, as it stands in this part of the callback.
    fn task_id(&self) -> Option<&str>;

    /// How far the task has come, given the callback's `code` and `msg`.
    fn state(&self, code: i64, message: &str) -> State;

    /// What there is of the output by now, finished or not.
    fn output(&self) -> Option<Self::Output>;
}

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
        let message = self.message.as_deref().map(crate::brief::text_in_brief);
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
            write!(f, ": {}", crate::excerpt::excerpt(message))?;
        }
        Ok(())
    }
}

/// The answer to an accepted submit: the task's id, and nothing else yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(bound = "", rename_all = "camelCase")]
#[non_exhaustive]
pub struct Started<J: Job> {
    /// The id to look the task up with.
    pub task_id: TaskId<J>,
}

impl<J: Job> Started<J> {
    /// An answer with this id, for services and tests that play the other side.
    pub fn new(task_id: impl Into<TaskId<J>>) -> Self {
        Self { task_id: task_id.into() }
    }
}

impl<'de, J: Job> Deserialize<'de> for Started<J> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let answer: Option<Accepted> = any(deserializer)?;
        match answer.and_then(|answer| answer.task_id) {
            Some(id) => Ok(Self::new(id)),
            None => Err(D::Error::custom("no task id")),
        }
    }
}

answer! {
    /// An accepted submit, in the service's two spellings.
    struct Accepted {
        /// The id.
        task_id: Option<String> = "taskId" | "task_id",
    }
}

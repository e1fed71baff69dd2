//! What happens to a paid call.

use std::fmt;

use kie_types::{PollOutcome, Stage};

use super::ReceiptState;

/// Something that happened to a paid call. [`Receipt::apply`](crate::Receipt::apply) says what becomes of it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReceiptUpdate {
    /// It came to nothing: the service refused it, or nothing of it left.
    Refused {
        /// Which of its departures this is about, as [`SendPermit::Granted`](crate::SendPermit::Granted) counted it; 0 for a call
        /// that was given up before the first.
        send: u32,
        /// The service's words. Not printed.
        reason: String,
    },
    /// The service took it.
    Answered {
        /// The task, if it started one.
        task_id: Option<String>,
        /// The `data` of the answer, as JSON. Not printed.
        response: String,
    },
    /// A callback named the task.
    Named {
        /// The task.
        task_id: String,
    },
    /// The task reached a stage.
    Reached {
        /// The stage.
        stage: Stage,
    },
    /// The task ended without a result.
    Failed {
        /// The service's words. Not printed.
        reason: String,
    },
    /// Its files are saved.
    Saved {
        /// Where they are.
        files: Vec<String>,
    },
    /// Whoever made the call has given it up. It counts for a call that still stands as it is said here.
    Forgotten {
        /// The state that the receipt was in.
        state: ReceiptState,
        /// How often the call had left.
        sends: u32,
    },
}

impl ReceiptUpdate {
    /// The news in what a poll of the task means; none while there is nothing to write down. An undelivered task may still show a
    /// result, so its receipt stays as it is.
    pub fn seen(standing: &PollOutcome) -> Option<Self> {
        match standing {
            PollOutcome::Running(stage) => stage.map(|stage| Self::Reached { stage }),
            PollOutcome::Complete => Some(Self::Reached { stage: Stage::Complete }),
            PollOutcome::Failed(failure) => Some(Self::Failed { reason: failure.to_string() }),
            _ => None,
        }
    }

    /// The task that it names, if it names one.
    pub fn task_id(&self) -> Option<&str> {
        match self {
            Self::Answered { task_id, .. } => task_id.as_deref(),
            Self::Named { task_id } => Some(task_id),
            _ => None,
        }
    }
}

impl fmt::Debug for ReceiptUpdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { send, .. } => f.debug_struct("Refused").field("departure", send).finish_non_exhaustive(),
            Self::Answered { task_id, .. } => {
                f.debug_struct("Answered").field("task_id", task_id).finish_non_exhaustive()
            }
            Self::Named { task_id } => f.debug_struct("Named").field("task_id", task_id).finish(),
            Self::Reached { stage } => f.debug_struct("Reached").field("stage", stage).finish(),
            Self::Failed { .. } => f.debug_struct("Failed").finish_non_exhaustive(),
            Self::Saved { files } => f.debug_struct("Saved").field("files", files).finish(),
            Self::Forgotten { state, sends } => {
                f.debug_struct("Forgotten").field("state", state).field("departures", sends).finish()
            }
        }
    }
}

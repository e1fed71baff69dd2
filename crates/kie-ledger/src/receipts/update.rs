//! Updates of a receipt.

use std::fmt;

use kie_types::{PollOutcome, Stage};

use super::ReceiptState;

/// An update of a receipt. [`Receipt::apply`](crate::Receipt::apply) applies it.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReceiptUpdate {
    /// The service refused the call, or nothing of it was sent.
    Refused {
        /// Number of the send that was refused, as in [`SendPermit::Granted`](crate::SendPermit::Granted); 0 for a call
        /// that was given up before the first send.
        send: u32,
        /// Reason in the service's words. Not printed.
        reason: String,
    },
    /// The service took the call.
    Answered {
        /// Id of the task, if the call started one.
        task_id: Option<String>,
        /// The `data` of the response, as JSON. Not printed.
        response: String,
    },
    /// A callback named the task.
    Named {
        /// Id of the task.
        task_id: String,
    },
    /// The task reached a stage.
    Reached {
        /// The stage.
        stage: Stage,
    },
    /// The task ended without a result.
    Failed {
        /// Reason in the service's words. Not printed.
        reason: String,
    },
    /// The files of the task are saved.
    Saved {
        /// Paths of the files.
        files: Vec<String>,
    },
    /// The caller has given up the call. This applies only if the receipt still has this state and number of sends.
    Forgotten {
        /// State of the receipt when it was given up.
        state: ReceiptState,
        /// Number of sends when it was given up.
        sends: u32,
    },
}

impl ReceiptUpdate {
    /// Returns the update for the outcome of a poll, or `None` if there is nothing to record. An undelivered task may
    /// still get a result, so it gives no update.
    pub fn from_poll(outcome: &PollOutcome) -> Option<Self> {
        match outcome {
            PollOutcome::Running(stage) => stage.map(|stage| Self::Reached { stage }),
            PollOutcome::Complete => Some(Self::Reached { stage: Stage::Complete }),
            PollOutcome::Failed(failure) => Some(Self::Failed { reason: failure.to_string() }),
            _ => None,
        }
    }

    /// Returns the id of the task that the update names, if there is one.
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

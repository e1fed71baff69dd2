//! Updates of a receipt.

use std::fmt;

use kie_types::{Credits, PollOutcome, Route, Stage};

use super::{ReceiptItem, ReceiptState, SendId};

/// An update of a receipt. [`Receipt::apply`](crate::Receipt::apply) applies it.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum ReceiptUpdate {
    /// The service refused the call, or no part of the call was sent. The update is also valid if it is not known
    /// whether the ledger has granted the send: the ledger then denies the send from now on.
    Refused {
        /// Id of the refused send, as it was passed to [`acquire_send`](crate::Ledger::acquire_send).
        send: SendId,
        /// Reason of the refusal, in the service's words. `Debug` does not print the reason.
        reason: String,
    },
    /// The call will be sent on this route. The update changes nothing if the call may not be sent.
    Routed {
        /// Route on which the call will be sent.
        route: Route,
    },
    /// The call was sent, and its caller got no response that shows the outcome. The caller waits no longer. The state
    /// stays [`Sent`](ReceiptState::Sent), because the call may be paid for.
    Lost {
        /// Id of the send, as it was passed to [`acquire_send`](crate::Ledger::acquire_send).
        send: SendId,
        /// Reason why there is no response. `Debug` does not print the reason.
        reason: String,
    },
    /// The service accepted the call.
    Answered {
        /// Id of the task. `None` if the call started no task.
        task_id: Option<String>,
        /// The `data` of the response, as JSON. `Debug` does not print the data.
        response: String,
    },
    /// A callback contained the id of the task.
    Named {
        /// Id of the task.
        task_id: String,
    },
    /// The task reached a stage.
    Reached {
        /// Stage that the task reached.
        stage: Stage,
    },
    /// The task has made these results. The update changes nothing if more results are known.
    Made {
        /// Results of the task. `Debug` prints only their number.
        items: Vec<ReceiptItem>,
    },
    /// The task ended and has no result.
    Failed {
        /// Reason of the failure, in the service's words. `Debug` does not print the reason.
        reason: String,
    },
    /// The record of the task tells what the task cost.
    Cost {
        /// Credits that the task cost.
        credits: Credits,
    },
    /// The files of the task are saved.
    Saved {
        /// Paths of the saved files.
        files: Vec<String>,
    },
    /// The caller has given up the call. The update changes nothing if the call was sent again since then. It also
    /// changes nothing if the receipt has moved to another state since then, except to the state refused.
    Forgotten {
        /// State of the receipt at the time when the caller gave up the call.
        state: ReceiptState,
        /// Number of sends at the time when the caller gave up the call.
        sends: u32,
    },
}

impl ReceiptUpdate {
    /// Returns the update for the outcome of a poll. Returns `None` in three cases, because there is nothing to record:
    ///
    /// * the task is running and has reached no stage;
    /// * the task is finished, and its record has no results;
    /// * the callback of the task could not be delivered, and it is not certain that the task has all its results.
    pub fn from_poll(outcome: &PollOutcome) -> Option<Self> {
        match outcome {
            PollOutcome::Running(stage) => stage.map(|stage| Self::Reached { stage }),
            PollOutcome::Complete => Some(Self::Reached { stage: Stage::Complete }),
            PollOutcome::Failed(failure) => Some(Self::Failed { reason: failure.to_string() }),
            _ => None,
        }
    }

    /// Returns the id of the task in the update. Returns `None` if the update contains no task.
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
            Self::Refused { send, .. } => f.debug_struct("Refused").field("send", send).finish_non_exhaustive(),
            Self::Routed { route } => f.debug_struct("Routed").field("route", route).finish(),
            Self::Lost { send, .. } => f.debug_struct("Lost").field("send", send).finish_non_exhaustive(),
            Self::Answered { task_id, .. } => {
                f.debug_struct("Answered").field("task_id", task_id).finish_non_exhaustive()
            }
            Self::Named { task_id } => f.debug_struct("Named").field("task_id", task_id).finish(),
            Self::Reached { stage } => f.debug_struct("Reached").field("stage", stage).finish(),
            Self::Failed { .. } => f.debug_struct("Failed").finish_non_exhaustive(),
            Self::Made { items } => f.debug_struct("Made").field("items", &items.len()).finish(),
            Self::Cost { credits } => f.debug_struct("Cost").field("credits", credits).finish(),
            Self::Saved { files } => f.debug_struct("Saved").field("files", files).finish(),
            Self::Forgotten { state, sends } => {
                f.debug_struct("Forgotten").field("state", state).field("departures", sends).finish()
            }
        }
    }
}

//! Tasks that failed, took too long, or could not be found again.

use std::time::Duration;

use kie_ledger::ReceiptId;
use kie_types::{ErrorKind, Failure, Item, Report};

use super::error::Error;

/// The task ended without a result.
#[derive(Debug, thiserror::Error)]
#[error("task {task_id} failed: {failure}")]
pub struct TaskFailed {
    pub(crate) task_id: String,
    pub(crate) failure: Failure,
    pub(crate) items: Vec<Item>,
}

impl TaskFailed {
    /// Why, in the service's words.
    pub fn failure(&self) -> &Failure {
        &self.failure
    }

    /// What kind of failure it is: about the content, the service or the bill.
    pub fn kind(&self) -> ErrorKind {
        self.failure.kind()
    }

    /// What the task had made before it failed.
    pub fn items(&self) -> &[Item] {
        &self.items
    }
}

/// The task was not finished in time. It goes on at the service: look again with
/// [`Client::task`](crate::Client::task).
#[derive(Debug, thiserror::Error)]
#[error("task {task_id} was not finished after {} s{}", waited.as_secs(), if source.is_some() { ", and the last looks at it failed" } else { "" })]
pub struct TimedOut {
    pub(crate) task_id: String,
    pub(crate) waited: Duration,
    pub(crate) last: Option<Report>,
    pub(crate) source: Option<Error>,
}

impl TimedOut {
    /// How long was waited.
    pub fn waited(&self) -> Duration {
        self.waited
    }

    /// How the task stood when it was last seen.
    pub fn last(&self) -> Option<&Report> {
        self.last.as_ref()
    }
}

/// A receipt did not lead to a task.
#[derive(Debug, thiserror::Error)]
#[error("receipt {receipt}: {why}")]
pub struct NotResumed {
    receipt: ReceiptId,
    operation: Option<String>,
    why: NotResumedReason,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum NotResumedReason {
    #[error("the ledger does not have it")]
    NotThere,
    #[error("its operation starts no task")]
    NoJob,
    #[error("its task is one of {is}, not of {asked}")]
    OtherJob { asked: &'static str, is: &'static str },
    #[error("its call came to nothing, or was never sent")]
    NotTaken,
    #[error("it was forgotten before its task was named")]
    Forgotten,
    #[error("neither an answer nor a callback named its task within {} s", .0.as_secs())]
    Late(Duration),
}

impl NotResumed {
    pub(crate) fn error(receipt: ReceiptId, operation: Option<String>, why: NotResumedReason) -> Error {
        Error::NotResumed(Box::new(Self { receipt, operation, why }))
    }

    /// The receipt.
    pub fn receipt(&self) -> ReceiptId {
        self.receipt
    }

    /// The operation that was called, such as `generate-music`; none where there is no such receipt.
    pub fn operation(&self) -> Option<&str> {
        self.operation.as_deref()
    }

    /// Whether the task may still become known: only the time to wait for it was over.
    pub fn is_timeout(&self) -> bool {
        matches!(self.why, NotResumedReason::Late(_))
    }

    /// Whether certainly nothing came of the call, so that it can be sent again.
    pub fn is_unsent(&self) -> bool {
        matches!(self.why, NotResumedReason::NotTaken)
    }
}

//! Tasks that failed, took too long, or could not be found again.

use std::{fmt, sync::Arc, time::Duration};

use kie_ledger::ReceiptId;
use kie_types::{Failure, Item, RefusalKind, Report};

use super::{error::Error, failing::Failing};

/// The task ended without a result.
#[derive(Debug, thiserror::Error)]
#[error("task {task_id} failed: {failure}")]
pub struct TaskFailed {
    pub(crate) task_id: String,
    pub(crate) failure: Failure,
    pub(crate) items: Vec<Item>,
}

impl TaskFailed {
    /// A failed task, for a test of whoever handles it.
    ///
    /// ```
    /// use kie_suno::{Charged, Error, errors::TaskFailed, records::Failure};
    ///
    /// let mut failure = Failure::default();
    /// failure.code = Some(531);
    /// let error = Error::from(TaskFailed::new("4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e", failure));
    /// assert_eq!(error.charged(), Charged::Refunded);
    /// ```
    pub fn new(task_id: impl Into<String>, failure: Failure) -> Self {
        Self { task_id: task_id.into(), failure, items: Vec::new() }
    }

    /// The same of a task that had made these things before.
    #[must_use]
    pub fn with_items(mut self, items: Vec<Item>) -> Self {
        self.items = items;
        self
    }

    /// Why, in the service's words.
    pub fn failure(&self) -> &Failure {
        &self.failure
    }

    /// What kind of failure it is: about the content, the service or the bill.
    pub fn kind(&self) -> RefusalKind {
        self.failure.kind()
    }

    /// What the task had made before it failed.
    pub fn items(&self) -> &[Item] {
        &self.items
    }
}

/// The task was not finished in time. It goes on at the service: look again with
/// [`Client::task`](crate::Client::task).
#[derive(Debug)]
pub struct TimedOut {
    pub(crate) task_id: String,
    pub(crate) waited: Duration,
    pub(crate) last: Option<Report>,
    pub(crate) failing: Option<Arc<Failing>>,
}

impl TimedOut {
    /// A task that was not finished after so long a wait, for a test of whoever handles it.
    ///
    /// ```
    /// use std::time::Duration;
    /// use kie_suno::{Error, errors::TimedOut};
    ///
    /// let error = Error::from(TimedOut::new("4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e", Duration::from_secs(900)));
    /// assert_eq!(error.task_id(), Some("4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e"));
    /// ```
    pub fn new(task_id: impl Into<String>, waited: Duration) -> Self {
        Self { task_id: task_id.into(), waited, last: None, failing: None }
    }

    /// The same of a task that was last seen like this.
    #[must_use]
    pub fn with_last(mut self, last: Report) -> Self {
        self.last = Some(last);
        self
    }

    /// The same with polls that were failing in the end.
    #[must_use]
    pub fn with_failing(mut self, failing: Failing) -> Self {
        self.failing = Some(Arc::new(failing));
        self
    }

    /// How the last poll failed, and since when all of them have failed; none if the last one that ended was answered.
    pub fn failing(&self) -> Option<&Failing> {
        self.failing.as_deref()
    }

    /// How long was waited.
    pub fn waited(&self) -> Duration {
        self.waited
    }

    /// How the task stood when it was last seen.
    pub fn last(&self) -> Option<&Report> {
        self.last.as_ref()
    }
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "task {} was not finished after {} s", self.task_id, self.waited.as_secs())?;
        f.write_str(if self.failing.is_some() { ", and the last looks at it failed" } else { "" })
    }
}

impl std::error::Error for TimedOut {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.failing.as_ref().map(|failing| failing.error() as _)
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
    /// A receipt that the ledger does not have, for a test of whoever handles it.
    pub fn new(receipt: ReceiptId) -> Self {
        Self { receipt, operation: None, why: NotResumedReason::NotThere }
    }

    /// The same of a call of this operation, whose task did not become known in so long a wait: see
    /// [`is_timeout`](Self::is_timeout).
    #[must_use]
    pub fn late(self, operation: impl Into<String>, waited: Duration) -> Self {
        Self { operation: Some(operation.into()), why: NotResumedReason::Late(waited), ..self }
    }

    /// The same of a call of this operation of which certainly nothing came: see [`is_unsent`](Self::is_unsent).
    #[must_use]
    pub fn unsent(self, operation: impl Into<String>) -> Self {
        Self { operation: Some(operation.into()), why: NotResumedReason::NotTaken, ..self }
    }

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

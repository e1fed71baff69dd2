//! Errors of tasks that failed, were not finished in time, or could not be resumed.

use std::{fmt, sync::Arc, time::Duration};

use kie_ledger::ReceiptId;
use kie_types::{Failure, Item, RefusalKind, Report, text::one_line};

use super::{error::Error, failing::Failing};

/// The task failed, or its callback could not be delivered and no result appeared in time.
#[derive(Debug, thiserror::Error)]
#[error("task {} failed: {failure}", one_line(task_id))]
pub struct TaskFailed {
    pub(crate) task_id: String,
    pub(crate) failure: Failure,
    pub(crate) items: Vec<Item>,
    pub(crate) receipt: Option<ReceiptId>,
}

impl TaskFailed {
    /// Creates the error of a failed task, for tests of error handling.
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
        Self { task_id: task_id.into(), failure, items: Vec::new(), receipt: None }
    }

    /// Sets the items that the task made before it failed.
    #[must_use]
    pub fn with_items(mut self, items: Vec<Item>) -> Self {
        self.items = items;
        self
    }

    /// Sets the receipt of the call that started the task.
    #[must_use]
    pub fn with_receipt(mut self, receipt: ReceiptId) -> Self {
        self.receipt = Some(receipt);
        self
    }

    /// Returns the failure as the service reports it.
    pub fn failure(&self) -> &Failure {
        &self.failure
    }

    /// Returns the kind of the failure, such as a problem with the content, the service or the payment.
    pub fn kind(&self) -> RefusalKind {
        self.failure.kind()
    }

    /// Returns the items that the task made before it failed.
    pub fn items(&self) -> &[Item] {
        &self.items
    }
}

/// The task was not finished in time, or its polls failed for longer than
/// [`max_error_time`](crate::Polling#structfield.max_error_time). The service does not stop the task. To wait for the
/// task again, get its `Task` from [`Client::task`](crate::Client::task).
#[derive(Debug)]
pub struct TimedOut {
    pub(crate) task_id: String,
    pub(crate) waited: Duration,
    pub(crate) last: Option<Report>,
    pub(crate) failing: Option<Arc<Failing>>,
    pub(crate) receipt: Option<ReceiptId>,
}

impl TimedOut {
    /// Creates the error of a task that was not finished after the time `waited`, for tests of error handling.
    ///
    /// ```
    /// use std::time::Duration;
    /// use kie_suno::{Error, errors::TimedOut};
    ///
    /// let error = Error::from(TimedOut::new("4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e", Duration::from_secs(900)));
    /// assert_eq!(error.task_id(), Some("4be1c0d29f7a4f7f8d0b6c1e2a3f4d5e"));
    /// ```
    pub fn new(task_id: impl Into<String>, waited: Duration) -> Self {
        Self { task_id: task_id.into(), waited, last: None, failing: None, receipt: None }
    }

    /// Sets the state of the task at the last poll.
    #[must_use]
    pub fn with_last(mut self, last: Report) -> Self {
        self.last = Some(last);
        self
    }

    /// Sets the failed polls at the end of the wait.
    #[must_use]
    pub fn with_failing(mut self, failing: Failing) -> Self {
        self.failing = Some(Arc::new(failing));
        self
    }

    /// Sets the receipt of the call that started the task.
    #[must_use]
    pub fn with_receipt(mut self, receipt: ReceiptId) -> Self {
        self.receipt = Some(receipt);
        self
    }

    /// Returns the error of the last poll, and the time since which all polls have failed. `None` if the service
    /// answered the last finished poll.
    pub fn failing(&self) -> Option<&Failing> {
        self.failing.as_deref()
    }

    /// Returns the time for which the client waited.
    pub fn waited(&self) -> Duration {
        self.waited
    }

    /// Returns the state of the task at the last poll that showed a state.
    pub fn last(&self) -> Option<&Report> {
        self.last.as_ref()
    }
}

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "task {} was not finished after {} s", one_line(&self.task_id), self.waited.as_secs_f64().round())?;
        f.write_str(if self.failing.is_some() { ", and the last polls failed" } else { "" })
    }
}

impl std::error::Error for TimedOut {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.failing.as_ref().map(|failing| failing.error() as _)
    }
}

/// No task was found for a receipt.
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
    #[error("its task is of the kind {is}, not {asked}")]
    OtherJob { asked: &'static str, is: &'static str },
    #[error("its call was refused or never sent, so make the call again")]
    NotTaken,
    #[error("it was forgotten before its task was known")]
    Forgotten,
    #[error("neither a response nor a callback named its task within {} s", .0.as_secs())]
    Late(Duration),
}

impl NotResumed {
    /// Creates the error of a receipt that is not in the ledger, for tests of error handling.
    pub fn new(receipt: ReceiptId) -> Self {
        Self { receipt, operation: None, why: NotResumedReason::NotThere }
    }

    /// Sets the reason of this error, for tests of error handling: the task of the receipt did not become known within
    /// the time `waited`. `operation` is the operation of the call. See [`is_timeout`](Self::is_timeout).
    #[must_use]
    pub fn late(self, operation: impl Into<String>, waited: Duration) -> Self {
        Self { operation: Some(operation.into()), why: NotResumedReason::Late(waited), ..self }
    }

    /// Sets the reason of this error, for tests of error handling: the call was refused or never sent. `operation` is
    /// the operation of the call. See [`is_unsent`](Self::is_unsent).
    #[must_use]
    pub fn unsent(self, operation: impl Into<String>) -> Self {
        Self { operation: Some(operation.into()), why: NotResumedReason::NotTaken, ..self }
    }

    pub(crate) fn error(receipt: ReceiptId, operation: Option<String>, why: NotResumedReason) -> Error {
        Error::NotResumed(Box::new(Self { receipt, operation, why }))
    }

    /// Returns the receipt.
    pub fn receipt(&self) -> ReceiptId {
        self.receipt
    }

    /// Returns the operation of the call, such as `generate-music`. `None` if the ledger does not have the receipt.
    pub fn operation(&self) -> Option<&str> {
        self.operation.as_deref()
    }

    /// Returns `true` if the task of the receipt did not become known in time. The task may still become known later.
    pub fn is_timeout(&self) -> bool {
        matches!(self.why, NotResumedReason::Late(_))
    }

    /// Returns `true` if the call was certainly refused or never sent. The call can be sent again.
    pub fn is_unsent(&self) -> bool {
        matches!(self.why, NotResumedReason::NotTaken)
    }
}

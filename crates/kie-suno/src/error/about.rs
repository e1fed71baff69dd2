//! The operation, task and receipt of an error.

use std::{borrow::Cow, fmt};

use kie_ledger::ReceiptId;
use kie_types::text::one_line;

/// The operation, task and receipt of a call.
#[derive(Debug, Clone)]
pub(crate) struct About {
    pub(crate) operation: Cow<'static, str>,
    pub(crate) task_id: Option<String>,
    pub(crate) receipt: Option<ReceiptId>,
}

impl About {
    pub(crate) fn new(operation: impl Into<Cow<'static, str>>) -> Self {
        Self { operation: operation.into(), task_id: None, receipt: None }
    }

    /// Sets the id of the task.
    pub(crate) fn of_task(self, id: impl Into<String>) -> Self {
        Self { task_id: Some(id.into()), ..self }
    }

    /// Sets the receipt of the call.
    pub(crate) fn with(self, receipt: ReceiptId) -> Self {
        Self { receipt: Some(receipt), ..self }
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.operation)?;
        match &self.task_id {
            Some(id) => write!(f, " of task {}", one_line(id)),
            None => Ok(()),
        }
    }
}

//! Facts about a task that its record tells, for the receipt of the task.

use kie_ledger::{ReceiptItem, ReceiptUpdate};
use kie_types::{Credits, Item, Output, Record, Stage};

/// Facts about a task. They are written to the receipt of the task together with an update of its state.
#[derive(Debug, Default)]
pub(crate) struct TaskFacts {
    /// Credits that the task cost. `None` if the cost is not known.
    pub(super) cost: Option<Credits>,
    /// Results of the task. Empty if they are not known, or not complete.
    pub(super) items: Vec<ReceiptItem>,
}

impl TaskFacts {
    /// Returns the facts that belong to an update of the task's receipt. A running task has no final results, so the
    /// results are taken only if the update is not about an earlier stage.
    pub(crate) fn new(update: &ReceiptUpdate, cost: Option<Credits>, items: impl FnOnce() -> Vec<Item>) -> Self {
        let is_early = matches!(update, ReceiptUpdate::Reached { stage } if *stage != Stage::Complete);
        let items = if is_early { Vec::new() } else { items().iter().map(ReceiptItem::from).collect() };
        Self { cost, items }
    }

    /// Returns the facts in a record.
    pub(crate) fn of<R: Record>(update: &ReceiptUpdate, record: &R) -> Self {
        let items = || record.output().map(|output| output.items()).unwrap_or_default();
        Self::new(update, record.credits_consumed(), items)
    }
}

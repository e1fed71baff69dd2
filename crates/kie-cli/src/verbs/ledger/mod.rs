//! Verbs about the receipts in the ledger.

mod entry;
pub(crate) mod forget;
pub(crate) mod list;
pub(crate) mod open;
pub(crate) mod resume;
pub(crate) mod save;
pub(crate) mod show;
pub(crate) mod tasks;
pub(super) mod words;

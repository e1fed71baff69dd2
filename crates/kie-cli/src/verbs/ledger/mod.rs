//! Verbs about the receipts in the ledger.

pub(crate) mod copy;
mod entry;
pub(crate) mod forget;
pub(crate) mod ledger;
pub(crate) mod list;
pub(crate) mod open;
pub(crate) mod resume;
pub(crate) mod save;
pub(crate) mod show;
pub(crate) mod status;
pub(crate) mod tasks;
pub(super) mod words;

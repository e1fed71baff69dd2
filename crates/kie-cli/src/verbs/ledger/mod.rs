//! Verbs about the receipts in the ledger.

pub(crate) mod forget;
pub(crate) mod resume;
pub(crate) mod save;
pub(crate) mod tasks;

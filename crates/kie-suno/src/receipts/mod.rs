//! Receipts of paid calls, the ledger that stores receipts, and the methods of the client that use the ledger.

mod bounded;
mod find;
mod forget;
mod source_track;
mod task_facts;
mod try_update;
mod unfinished;

pub(crate) use bounded::Bounded;
#[cfg(feature = "callbacks")]
pub(crate) use bounded::within;
pub(crate) use task_facts::TaskFacts;
pub(crate) use try_update::{UPDATE_TIMEOUT, try_update, update_or_look};

pub use unfinished::Unfinished;

#[doc(inline)]
pub use kie_ledger::{
    CallbackFeed, CallbackRecord, Ledger, LedgerFuture, Receipt, ReceiptId, ReceiptItem, ReceiptKey, ReceiptState,
    ReceiptUpdate, ReceivedCallback, SendId, SendPermit,
};

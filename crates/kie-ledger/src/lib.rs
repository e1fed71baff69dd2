#![doc = include_str!("../README.md")]
#![doc(html_root_url = "https://docs.rs/kie-ledger/latest")]

#[cfg(feature = "conformance")]
pub mod conformance;
#[cfg(feature = "copy")]
mod copy;
mod error;
mod ledger;
mod memory;
mod receipts;
#[cfg(feature = "sqlite")]
mod sqlite;

#[cfg(feature = "copy")]
pub use copy::{Copied, CopyError, CopyProgress, Difference, DifferenceKind, copy};
pub use error::LedgerError;
pub use ledger::{
    CallbackFeed, CallbackRecord, Ledger, LedgerFuture, MAX_BODY_BYTES, ReceiptKey, ReceivedCallback, SendPermit,
};
pub use memory::MemoryLedger;
pub use receipts::{Receipt, ReceiptId, ReceiptItem, ReceiptState, ReceiptUpdate, SendId};
#[cfg(feature = "sqlite")]
pub use sqlite::{SqliteLedger, SqliteLedgerBuilder};

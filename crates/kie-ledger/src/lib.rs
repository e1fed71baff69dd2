#![doc = include_str!("../README.md")]

#[cfg(feature = "conformance")]
pub mod conformance;
mod error;
mod ledger;
mod memory;
mod receipts;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use error::LedgerError;
pub use ledger::{Arrival, Departure, Entry, Key, Ledger};
pub use memory::MemoryLedger;
pub use receipts::{News, Receipt, ReceiptId, ReceiptState};
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteLedger;

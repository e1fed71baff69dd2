//! Receipts: what is known of a paid call, where that is kept, and what the client does with it.

mod bounded;
mod find;
mod forget;
mod note;

pub(crate) use bounded::Bounded;
#[cfg(feature = "callbacks")]
pub(crate) use bounded::within;
pub(crate) use note::{PATIENCE, note};

#[doc(inline)]
pub use kie_ledger::{Arrival, Departure, Entry, Key, Ledger, News, Receipt, ReceiptId, ReceiptState};

//! Receipts of paid calls, from before a call is sent until its files are saved.

mod id;
mod millis;
mod receipt;
mod state;
mod update;

pub use id::ReceiptId;
pub use receipt::Receipt;
pub use state::ReceiptState;
pub use update::ReceiptUpdate;

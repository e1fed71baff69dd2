//! Receipts: what is known of one paid call, from before it leaves until its files are saved.

mod id;
mod millis;
mod receipt;
mod state;
mod update;

pub use id::ReceiptId;
pub use receipt::Receipt;
pub use state::ReceiptState;
pub use update::ReceiptUpdate;

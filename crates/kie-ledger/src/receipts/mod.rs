//! Receipts: what is known of one paid call, from before it leaves until its files are saved.

mod id;
mod millis;
mod news;
mod receipt;
mod state;

pub use id::ReceiptId;
pub use news::News;
pub use receipt::Receipt;
pub use state::ReceiptState;

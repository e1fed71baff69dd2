//! Receipts of paid calls. A receipt is written before the call is sent, and is finished when the files are saved.

mod hex_id;
mod id;
mod item;
mod millis;
mod receipt;
mod send_id;
mod state;
mod update;

pub use id::ReceiptId;
pub use item::ReceiptItem;
pub use receipt::Receipt;
pub use send_id::SendId;
pub use state::ReceiptState;
pub use update::ReceiptUpdate;

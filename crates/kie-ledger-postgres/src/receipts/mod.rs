//! Receipts as the database stores them.

mod known;
mod stored;

pub(crate) use known::KnownReceipts;
pub(crate) use stored::{Columns, Page, StoredReceipt};

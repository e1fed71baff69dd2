//! What the client does with receipts.

mod bounded;
mod find;
mod forget;
mod note;

pub(crate) use bounded::Bounded;
#[cfg(feature = "callbacks")]
pub(crate) use bounded::within;
pub(crate) use note::note;

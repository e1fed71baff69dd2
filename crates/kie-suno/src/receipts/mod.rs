//! What the client does with receipts.

mod bounded;
mod forget;
mod note;
mod unfinished;

pub(crate) use bounded::Bounded;
#[cfg(feature = "callbacks")]
pub(crate) use bounded::within;
pub(crate) use note::note;

//! What a command works with.

mod ledger;
mod open;

pub(crate) use ledger::{missing, open};
pub(crate) use open::{Caller, SANDBOX_KEY};

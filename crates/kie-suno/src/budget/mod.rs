//! What a client may spend, and what is known of what it has spent.

mod budget;
mod purse;

pub use budget::Budget;
pub(crate) use purse::{Book, Open, Purse, TooLittle};

//! What a client may spend, and what is known of what it has spent.

mod budget;
mod spending;

pub use budget::Budget;
pub(crate) use spending::{Balance, InFlight, Insufficient, Spending};

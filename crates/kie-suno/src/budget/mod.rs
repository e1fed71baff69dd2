//! The budget of a client, and its accounting.

mod budget;
mod spending;

pub use budget::Budget;
pub(crate) use spending::{Balance, InFlight, Insufficient, PriceKey, PricedCall, Spending};

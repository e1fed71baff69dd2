//! Amounts of credits, and prices of operations.

mod credits;
mod price;

pub use credits::Credits;
pub use price::Price;

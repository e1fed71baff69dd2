//! A way to the account on which connections break, stall and lie as told.

mod connection;
mod step;
mod wire;

pub use self::{step::Step, wire::Wire};

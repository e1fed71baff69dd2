//! Connections to the account with scripted faults.

mod connection;
mod step;
mod wire;

pub use self::{step::Step, wire::Wire};

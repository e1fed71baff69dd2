//! A way to the account on which connections break, stall and lie as told.

mod connection;
mod step;
#[expect(clippy::module_inception, reason = "the wire is what the room is about")]
mod wire;

pub use self::{step::Step, wire::Wire};

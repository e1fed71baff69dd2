//! The arrows between the crates, and those between the rooms of each crate.

mod circles;
mod crates;
mod drawing;
mod exceptions;
mod houses;
mod rooms;
mod rules;
mod source;
mod verb;

#[cfg(test)]
mod tests;

pub(crate) use circles::reached;
pub(crate) use verb::{drawings, run};

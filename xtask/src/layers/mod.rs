//! Checks the dependencies between the crates, and between the rooms of each crate.
//!
//! A room is a folder directly under a crate's `src/`, or a file there. An arrow leads from a file, a room or a crate to
//! another one that it uses.

mod command;
mod crate_files;
mod crates;
mod cycles;
mod drawing;
mod exceptions;
mod rooms;
mod rules;
mod source;

#[cfg(test)]
mod tests;

pub(crate) use command::{drawings, run};
pub(crate) use cycles::reached;

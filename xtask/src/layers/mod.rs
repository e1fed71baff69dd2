//! Checks the dependencies between the crates, and between the rooms of each crate.
//!
//! A room is a folder or a file directly under a crate's `src/`. In the code, "arrow" means that one file, room or
//! crate uses another one. The arrow leads to the one that is used.

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

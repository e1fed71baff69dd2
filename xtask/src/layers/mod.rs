//! The arrows between the crates, and those between the rooms of each crate.

mod crates;

pub(crate) use crates::run;

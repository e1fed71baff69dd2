//! The exact numbers that are committed, and what has become of them.

mod comparison;
mod file;

#[cfg(test)]
mod tests;

pub(crate) use comparison::{Finding, compare, updated};
pub(crate) use file::{Counts, rustc};

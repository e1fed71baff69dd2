//! The exact numbers that are committed, and their comparison with the measured ones.

mod comparison;
mod file;

#[cfg(test)]
mod tests;

pub(crate) use comparison::{Finding, compare, updated};
pub(crate) use file::{Counts, rustc};

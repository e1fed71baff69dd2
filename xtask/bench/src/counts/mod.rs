//! The exact numbers in `counts.toml`, and their comparison with the measured numbers.

mod comparison;
mod file;

#[cfg(test)]
mod tests;

pub(crate) use comparison::{Finding, compare, updated};
pub(crate) use file::{Counts, rustc};

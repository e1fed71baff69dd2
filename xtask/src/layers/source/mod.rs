//! Reads the source files of a crate, and finds which file uses items of which other file.

mod condition;
mod imports;
mod leaves;
mod names;
mod reader;
mod tokens;
mod tree;

#[cfg(test)]
pub(crate) mod tests;

pub(crate) use reader::{Graph, read};

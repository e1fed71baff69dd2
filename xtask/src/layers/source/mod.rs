//! Reads the imports of one crate from its source files.

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

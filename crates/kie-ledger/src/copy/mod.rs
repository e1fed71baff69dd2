//! Copies a ledger into another one.

mod copying;
mod outcome;
#[cfg(test)]
mod tests;

pub use copying::copy;
pub use outcome::{Copied, CopyError, CopyProgress, Difference, DifferenceKind};

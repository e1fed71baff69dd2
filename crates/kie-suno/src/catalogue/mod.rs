//! The service's own list of its operations, and its differences from the tables of this library.

mod catalogue;
mod compare;
mod drift;

pub use catalogue::Catalogue;
pub use drift::{Difference, DifferenceKind, Drift, Unchecked};

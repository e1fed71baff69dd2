//! The service's own list of its operations, and its differences from the tables of this library.

mod calls;
mod compare;
mod drift;

pub use calls::Catalogue;
pub use drift::{Difference, DifferenceKind, Drift, Unchecked};

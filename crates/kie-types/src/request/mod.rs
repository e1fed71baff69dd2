//! What requests are held to, and what all of them have.

mod invalid;
mod limit;
mod rules;
mod setters;
mod shape;

pub use invalid::{Invalid, Rule, Violation};
pub(crate) use limit::limits;
pub use limit::{Bound, Limit};
pub(crate) use rules::Rules;
pub use rules::characters;
pub(crate) use setters::setters;
pub(crate) use shape::field_names;

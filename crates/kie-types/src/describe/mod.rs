//! What types say of themselves in JSON Schema, from their own documentation.

mod answer;
mod in_place;
mod prose;
mod words;

pub(crate) use answer::answer;
pub(crate) use in_place::in_place;
pub(crate) use prose::{describe_as, plain};
pub(crate) use words::words;

//! Reading JSON that is not quite what was expected.

mod answer;
mod field;
pub(crate) mod mend;
mod plain;
mod tolerant;

pub(crate) use answer::{answer, decode};
pub(crate) use field::{Absent, Slot};
pub(crate) use plain::Object;
pub(crate) use tolerant::{Any, FromAny, Word, any};

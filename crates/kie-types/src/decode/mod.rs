//! Reading JSON that is not quite what was expected.

pub(crate) mod mend;
mod tolerant;

pub(crate) use tolerant::{Absent, Any, FromAny, Object, Slot, Word, answer, any, decode};

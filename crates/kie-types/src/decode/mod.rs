//! Tolerant reading of JSON that differs from the documentation.

mod answer;
mod echo;
mod field;
mod plain;
pub(crate) mod repair;
mod tolerant;

#[cfg(feature = "schemars")]
pub(crate) use answer::described;
pub(crate) use answer::{answer, decode};
pub(crate) use field::{Absent, Slot};
pub(crate) use plain::Object;
pub(crate) use tolerant::{FromAny, Tolerant, Word, any};

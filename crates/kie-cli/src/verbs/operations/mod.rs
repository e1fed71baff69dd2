//! Verbs that work with any operation by its name.

pub(crate) mod call;
pub(crate) mod check;
pub(crate) mod describe;
pub(crate) mod documents;
pub(crate) mod inspect;
mod limits;
pub(crate) mod operations;
pub(crate) mod task;

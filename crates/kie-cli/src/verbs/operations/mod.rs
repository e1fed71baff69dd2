//! Verbs that work with any operation by its name.

pub(crate) mod call;
pub(crate) mod check;
pub(crate) mod inspect;
pub(crate) mod market;
pub(crate) mod operations;
pub(crate) mod task;

//! The commands that work with any operation by its name.

pub(crate) mod call;
pub(crate) mod check;
pub(crate) mod inspect;
pub(crate) mod list;
pub(super) mod market;
pub(crate) mod task;

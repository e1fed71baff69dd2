//! Verbs for shells and packages.

pub(crate) mod completions;
pub(crate) mod man;

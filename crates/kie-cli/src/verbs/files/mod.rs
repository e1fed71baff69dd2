//! Verbs about files.

pub(crate) mod link;
pub(crate) mod upload;

//! Verbs about files.

pub(crate) mod upload;

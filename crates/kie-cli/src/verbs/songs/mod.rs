//! Verbs that make songs.

pub(crate) mod extend;
pub(crate) mod generate;

//! Verbs that make texts.

pub(crate) mod lyrics;
pub(crate) mod style;

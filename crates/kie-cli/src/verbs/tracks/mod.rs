//! Verbs that make something of a finished track.

pub(crate) mod video;

//! Verbs that make something of a finished track.

pub(crate) mod artwork;
pub(crate) mod midi;
mod new_file;
pub(crate) mod persona;
pub(crate) mod stems;
pub(crate) mod timed_lyrics;
pub(crate) mod video;
pub(crate) mod wav;

//! Tags in saved songs: title, artist, style, lyrics, cover, and the ids with which other commands find the song again.

mod about;
#[cfg(feature = "tags")]
mod format;
mod ids;
#[cfg(not(feature = "tags"))]
mod off;
#[cfg(feature = "tags")]
mod read_ids;
#[cfg(feature = "tags")]
mod replace;
#[cfg(feature = "tags")]
mod saved;
#[cfg(feature = "tags")]
mod song;
#[cfg(feature = "tags")]
mod timed;
#[cfg(feature = "tags")]
mod write;

pub(crate) use about::TagFacts;
#[cfg(not(feature = "tags"))]
pub(crate) use off::{read_ids, tag_saved};
#[cfg(feature = "tags")]
pub(crate) use {read_ids::read_ids, saved::tag_saved, timed::tag_timed};

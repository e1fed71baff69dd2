//! Tags in the formats of audio files.

mod id3_guard;
mod id3_tag;
pub(super) mod mp3;
pub(super) mod mp4;
mod part;
pub(super) mod wav;

pub(super) use part::{Part, copy};

//! Operations that make music from a recording, from a finished track, or from a part of a track.

pub mod add_instrumental;
pub mod add_vocals;
pub mod extend_music;
pub mod generate_mashup;
pub mod replace_section;
pub mod upload_and_cover_audio;
pub mod upload_and_extend_audio;

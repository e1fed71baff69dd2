//! The Suno pages of the documentation, in its navigation's order.

pub mod convert_to_wav;
pub mod create_music_video;
pub mod generate_lyrics;
pub mod generate_midi;
mod lookup;
mod midi_file;
pub mod music;
pub mod separate_vocals;
pub mod stem_name;
pub mod stems;
pub mod track;
pub mod voice;

pub use crate::value::model::{self, Model};

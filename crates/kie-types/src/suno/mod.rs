//! Operations of the Suno pages, in the order of the documentation's navigation.
//!
//! "The sister service" in these docs is sunoapi.org.

pub mod convert_to_wav;
pub mod create_music_video;
pub mod generate_lyrics;
mod lookup;
mod midi;
pub mod music;
mod separation;
pub mod track;
pub mod voice;

pub use crate::value::model::{self, Model};
pub use midi::generate_midi;
pub use separation::{separate_vocals, stem_name, stems};

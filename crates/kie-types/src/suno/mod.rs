//! Operations of KIE's documentation pages about Suno, in the order of the navigation of the documentation.
//!
//! In these docs, "the sister service" is the service at sunoapi.org, and "the live service" is KIE's service, as it
//! was seen to behave. A record is the response to a lookup of a task.

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

//! Operations of KIE's documentation pages about Suno.
//!
//! In these docs, a record is the response to a lookup of a task. The service is KIE's service. sunoapi.org is another
//! service with a similar API. Its documentation states facts that KIE's documentation leaves out.

pub mod convert_to_wav;
pub mod create_music_video;
pub mod generate_lyrics;
mod lookup;
mod midi;
pub mod music;
pub mod result_of;
mod separation;
pub mod track;
pub mod voice;

pub use crate::value::model::{self, Model};
pub use midi::generate_midi;
pub use separation::{separate_vocals, stem_name, stems};

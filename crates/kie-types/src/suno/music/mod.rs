//! Music Generation: operations that make songs, and operations on finished songs.

pub mod callback;
mod edits;
mod extras;
pub mod generate_music;
pub mod generate_sounds;
pub mod get_music_details;
mod job;
mod rules;
mod singer;

pub use edits::{
    add_instrumental, add_vocals, extend_music, generate_mashup, replace_section, upload_and_cover_audio,
    upload_and_extend_audio,
};
pub use extras::{boost_music_style, cover_suno, generate_persona, get_timestamped_lyrics, recovery_audio};
pub use job::Music;
pub use singer::{PersonaModel, VocalGender};

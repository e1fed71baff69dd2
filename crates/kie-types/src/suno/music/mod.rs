//! Music Generation: songs and what is made of them.

pub mod add_instrumental;
pub mod add_vocals;
pub mod boost_music_style;
pub mod callback;
pub mod cover_suno;
pub mod extend_music;
pub mod generate_mashup;
pub mod generate_music;
pub mod generate_persona;
pub mod generate_sounds;
pub mod get_music_details;
pub mod get_timestamped_lyrics;
mod job;
pub mod recovery_audio;
pub mod replace_section;
mod rules;
mod singer;
pub mod upload_and_cover_audio;
pub mod upload_and_extend_audio;

pub use job::Music;
pub use singer::{PersonaModel, VocalGender};

//! What there is besides music: of a finished track, and of a style.

pub mod boost_music_style;
pub mod cover_suno;
pub mod generate_persona;
pub mod get_timestamped_lyrics;
pub mod recovery_audio;

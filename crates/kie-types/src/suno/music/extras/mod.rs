//! Operations that make things other than music, from a finished track or from a style.

pub mod boost_music_style;
pub mod cover_suno;
pub mod generate_persona;
pub mod get_timestamped_lyrics;
pub mod recovery_audio;

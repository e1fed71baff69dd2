//! The Suno pages of the documentation, in its navigation's order.

pub mod create_music_video;
pub mod model;
pub mod music;
pub mod track;
pub mod voice;

pub use model::Model;

//! The Suno pages of the documentation, in its navigation's order.

pub mod model;
pub mod music;
pub mod track;
pub mod video;

pub use model::Model;

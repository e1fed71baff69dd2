//! Stems: what a track is taken apart into.

pub mod separate_vocals;
mod stem;
pub mod stem_name;

pub use stem::{OriginData, Stem, Stems};

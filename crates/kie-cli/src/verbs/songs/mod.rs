//! Verbs that make songs.

pub(crate) mod add_instrumental;
pub(crate) mod add_vocals;
pub(crate) mod cover;
pub(crate) mod extend;
pub(crate) mod generate;
mod limits;
pub(crate) mod mashup;
pub(crate) mod replace;
pub(crate) mod sounds;

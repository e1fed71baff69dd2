//! Music Generation: what makes and edits songs, and what is made of finished ones.

pub(crate) mod cover;
pub(crate) mod edits;
pub(crate) mod instant;
pub(crate) mod recovery;
pub(crate) mod song;

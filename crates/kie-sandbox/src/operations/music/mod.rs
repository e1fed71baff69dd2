//! Music Generation: what makes and edits songs, and what is made of finished ones.

pub(super) mod cover;
pub(super) mod edits;
pub(super) mod instant;
pub(super) mod recovery;
pub(super) mod song;

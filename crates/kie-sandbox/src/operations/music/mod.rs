//! Music Generation: operations that make songs, edit them, or use finished ones.

pub(super) mod cover;
pub(super) mod edits;
pub(super) mod instant;
pub(super) mod recovery;
pub(super) mod song;

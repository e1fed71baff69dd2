//! The operations of the documentation's section "Music Generation". They make songs, edit songs, or use finished
//! songs.

pub(super) mod cover;
pub(super) mod edits;
pub(super) mod instant;
pub(super) mod recovery;
pub(super) mod song;

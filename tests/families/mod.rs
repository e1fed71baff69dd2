//! Each family of operations, from its first call to its files.

mod edits;
mod extras;
mod processing;
mod voice;

//! Tests of each family of operations, from the first call to the saved files.

mod edits;
mod extras;
mod processing;
mod voice;

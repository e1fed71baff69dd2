//! Tests of each family of operations, with a client and the sandbox.

mod edits;
mod extras;
mod processing;
mod voice;

//! A task from its start to its files.

mod document;
mod watch;

pub(crate) use document::{moment, print_json, read_bytes, read_json, size};
pub(crate) use watch::{run, start, try_folder};

//! From the start of a task to its saved files.

mod document;
mod start;
mod watch;

pub(crate) use start::{start, try_folder};
pub(crate) use watch::{followed, run};

//! Starting a task, following it, and saving its files.

mod cost;
mod document;
mod progress;
mod spend;
mod start;
mod usual;
mod watch;

pub(crate) use cost::Cost;
pub(crate) use spend::spend;
pub(crate) use start::{start, try_folder};
pub(crate) use watch::{followed, run};

//! Starting a task, following it, and saving its files.

mod cost;
mod document;
mod song;
mod start;
mod watch;

pub(crate) use cost::Cost;
pub(crate) use song::find_song;
pub(crate) use start::{start, try_folder};
pub(crate) use watch::{followed, run};

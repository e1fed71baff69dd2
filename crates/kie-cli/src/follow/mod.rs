//! Starting a task, following it, and saving its files.

mod consent;
mod cost;
mod document;
mod preview;
mod spend;
mod start;
mod watch;

pub(crate) use consent::consent;
pub(crate) use cost::Cost;
pub(crate) use spend::spend;
pub(crate) use start::{start, try_folder};
pub(crate) use watch::{followed, run};

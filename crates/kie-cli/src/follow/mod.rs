//! Starting a task, following it, and saving its files.

mod check;
mod cost;
mod document;
mod spend;
mod spend_on;
mod start;
mod watch;

pub(crate) use cost::Cost;
pub(crate) use spend::spend;
pub(crate) use spend_on::spend_on;
pub(crate) use start::{start, try_folder};
pub(crate) use watch::{followed, run};

//! Starting a task, following it, and saving its files.

mod ask;
mod check;
mod clear;
mod consent;
mod cost;
mod document;
mod next;
mod preview;
mod progress;
mod song;
mod spend;
mod start;
mod usual;
mod watch;

pub(crate) use ask::{Answer, ask};
pub(crate) use check::check;
pub(crate) use clear::clear;
pub(crate) use consent::consent;
pub(crate) use cost::Cost;
pub(crate) use next::sing_with;
pub(crate) use song::find_song;
pub(crate) use spend::{spend, spend_and_return, spend_on};
pub(crate) use start::{start, try_folder};
pub(crate) use watch::{finish, followed, reported, run};

//! Starting a task, following it, and saving its files.

mod cost;
mod document;
mod next;
mod progress;
mod song;
mod start;
mod usual;
mod watch;

pub(crate) use cost::Cost;
#[cfg(test)]
pub(crate) use document::Document;
pub(crate) use next::{sing_with, sing_words, tell_next};
pub(crate) use song::{find_song, find_song_of, song_in_ledger};
pub(crate) use start::{begin, start, try_folder};
pub(crate) use watch::{finish, followed, reported, run};

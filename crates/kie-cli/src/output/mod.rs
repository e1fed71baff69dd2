//! Lines, progress and warnings on the terminal.

mod progress;
mod terminal;
mod warnings;

pub(crate) use progress::Progress;
pub(crate) use terminal::{line, note, out, plain};
pub(crate) use warnings::tell as tell_warnings;

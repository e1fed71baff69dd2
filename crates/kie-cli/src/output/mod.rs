//! Output: lines, JSON, progress and warnings.

mod advice;
mod causes;
mod json;
mod progress_line;
mod terminal;
mod units;
mod warnings;

pub(crate) use advice::{advise, relevant};
pub(crate) use causes::with_causes;
pub(crate) use json::print_json;
pub(crate) use progress_line::ProgressLine;
pub(crate) use terminal::{exit_code, long_line, note, out, print, print_note, safe};
pub(crate) use units::{dollars, minutes, moment, size};
pub(crate) use warnings::{end as end_warnings, tell as tell_warnings, tell_doubt};

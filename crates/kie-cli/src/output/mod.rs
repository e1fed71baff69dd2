//! Output: lines, JSON, progress and warnings.

mod advice;
mod causes;
mod fit;
mod json;
mod progress_line;
mod progress_mode;
mod table;
mod terminal;
mod tone;
mod transfer;
mod units;
mod warnings;

pub(crate) use advice::{advise, relevant};
pub(crate) use causes::with_causes;
pub(crate) use fit::{Keep, screen_width, wrap};
#[cfg(any(test, feature = "mcp"))]
pub(crate) use json::VERSION;
pub(crate) use json::{Success, print_json, print_json_line};
pub(crate) use progress_line::ProgressLine;
pub(crate) use progress_mode::{ProgressMode, set_progress};
pub(crate) use table::{Cell, Column, Table};
pub(crate) use terminal::{event, exit_code, long_line, note, out, print, print_note, print_progress, printed, safe};
pub(crate) use tone::Tone;
pub(crate) use units::{SHORT_ID, dollars, minutes, moment, short_id, size};
pub(crate) use warnings::{end as end_warnings, tell as tell_warnings, tell_doubt};

//! Lines on standard output and standard error.
//!
//! A closed pipe must not end a command that waits for a paid task. For example, `head` closes the pipe early. The
//! macros `println!` and `eprintln!` would then panic. The macros in this file drop the line. Any other failure of
//! standard output makes the command end with exit code 1.

use std::{
    io::{self, ErrorKind, Write as _},
    process::ExitCode,
    sync::{Mutex, PoisonError},
};

use kie_suno::types::text::{OneLine, is_dangerous, joins_emoji, one_line};

use serde_json::{Value, json};

use crate::output::{
    progress_line::above_progress,
    progress_mode::{ProgressMode, event_line, progress_mode},
    tone::paint_note,
};

/// First failure of standard output.
static FAILURE: Mutex<Option<io::Error>> = Mutex::new(None);

/// Maximum number of characters that are printed of a long text, such as a link, or an error with its causes.
const LONG: usize = 2_000;

/// Prints text on standard output.
macro_rules! out {
    ($($line:tt)*) => { $crate::output::print(&$crate::output::safe(&format!($($line)*))) };
}

/// Prints text on standard error.
macro_rules! note {
    ($($line:tt)*) => { $crate::output::print_note(&$crate::output::safe(&format!($($line)*))) };
}

/// Prints a line on standard output, unchanged.
pub(crate) fn print(line: &str) {
    let written = above_progress(|| {
        let mut stdout = io::stdout().lock();
        writeln!(stdout, "{line}").and_then(|()| stdout.flush())
    });
    printed(written);
}

/// Stores the first failure of standard output. A closed pipe is no failure.
pub(crate) fn printed(written: io::Result<()>) {
    if let Err(error) = written
        && error.kind() != ErrorKind::BrokenPipe
    {
        FAILURE.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }
}

/// Prints a line on standard error. With `--progress json`, the line is the message of an event.
pub(crate) fn print_note(line: &str) {
    let level = ["error", "warning", "hint"].into_iter().find(|level| line.starts_with(&format!("{level}: ")));
    match event_line("note", &json!({ "level": level.unwrap_or("info"), "message": line })) {
        Some(event) => print_error_line(&event),
        None => print_error_line(&paint_note(line)),
    }
}

/// Prints a line about the progress of the command on standard error, unless progress is shown as JSON or not at all.
pub(crate) fn print_progress(line: &str) {
    if matches!(progress_mode(), ProgressMode::Auto | ProgressMode::Plain) {
        print_note(&safe(line));
    }
}

/// Prints an event on standard error, if progress is shown as JSON.
pub(crate) fn event(name: &str, fields: &Value) {
    if let Some(line) = event_line(name, fields) {
        print_error_line(&line);
    }
}

/// Prints a line on standard error, unchanged. A failure cannot be reported anywhere.
fn print_error_line(line: &str) {
    drop(above_progress(|| writeln!(io::stderr(), "{line}")));
}

/// Returns the exit code of the process. A command that succeeded ends with 1 if its output could not be written.
pub(crate) fn exit_code(code: u8) -> ExitCode {
    match FAILURE.lock().unwrap_or_else(PoisonError::into_inner).take() {
        None => ExitCode::from(code),
        Some(error) => {
            note!("error: the result could not be written to standard output: {error}");
            ExitCode::from(code.max(1))
        }
    }
}

/// Replaces all dangerous characters except line feeds. Texts from outside are already on one line when they are put
/// into the lines of a command. This is a second check, for paths and for errors of other libraries.
pub(crate) fn safe(text: &str) -> String {
    let is_kept = |at: usize, c: char| c == '\n' || !is_dangerous(c) || joins_emoji(text, at);
    let escaped = |(at, c): (usize, char)| if is_kept(at, c) { c.to_string() } else { c.escape_unicode().to_string() };
    text.char_indices().map(escaped).collect()
}

/// Returns a link, or another text from outside that may be long, in a form that is safe to print.
pub(crate) fn long_line(text: &str) -> OneLine<'_> {
    one_line(text).at_most(LONG)
}

pub(crate) use {note, out};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_cannot_control_the_terminal() {
        assert_eq!(safe("a \u{1b}[2J waltz\nfor \u{202e}two"), "a \\u{1b}[2J waltz\nfor \\u{202e}two");
        assert_eq!(safe("two 👩\u{200d}🎤, a\u{200d}b"), "two 👩\u{200d}🎤, a\\u{200d}b");
    }
}

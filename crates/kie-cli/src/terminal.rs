//! Lines for standard output and standard error.
//!
//! A reader that has gone away, such as a `head` that has seen enough, must not end a command that waits for something
//! paid: a line that nobody reads is dropped, where the standard library's macros would panic.

macro_rules! out {
    ($($line:tt)*) => {{
        use std::io::Write as _;
        drop(writeln!(std::io::stdout(), "{}", $crate::terminal::plain(&format!($($line)*))));
    }};
}

macro_rules! note {
    ($($line:tt)*) => {{
        use std::io::Write as _;
        drop(writeln!(std::io::stderr(), "{}", $crate::terminal::plain(&format!($($line)*))));
    }};
}

/// The text without characters that would command the terminal: titles come from outside.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

pub(crate) use {note, out};

//! Lines for standard output and standard error.
//!
//! A reader that has gone away, such as a `head` that has seen enough, must not end a command that waits for something
//! paid: a line that nobody reads is dropped, where the standard library's macros would panic.

macro_rules! out {
    ($($line:tt)*) => {{
        use std::io::Write as _;
        drop(writeln!(std::io::stdout(), "{}", $crate::output::plain(&format!($($line)*))));
    }};
}

macro_rules! note {
    ($($line:tt)*) => {{
        use std::io::Write as _;
        drop(writeln!(std::io::stderr(), "{}", $crate::output::plain(&format!($($line)*))));
    }};
}

/// The text without characters that would command the terminal: titles come from outside.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

/// The same, kept to one line.
pub(crate) fn line(text: &str) -> String {
    plain(text).replace('\n', " ")
}

pub(crate) use {note, out};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_outside_commands_nothing_and_keeps_to_its_line() {
        assert_eq!(plain("a \u{1b}[2J waltz\nfor two"), "a \u{fffd}[2J waltz\nfor two");
        assert_eq!(line("A waltz\nsaved: nothing\r"), "A waltz saved: nothing\u{fffd}");
    }
}

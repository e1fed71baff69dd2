//! Lines for standard output and standard error.
//!
//! A closed pipe must not end a command that waits for a paid task. For example, `head` closes the pipe early. The
//! macros `println!` and `eprintln!` would then panic. The macros in this file drop the line.

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

/// Replaces all control characters except line feeds. In a text from the service, such as a title, they could control
/// the terminal.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect()
}

/// Returns the text on one line, without control characters.
pub(crate) fn line(text: &str) -> String {
    plain(text).replace('\n', " ")
}

pub(crate) use {note, out};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_cannot_control_the_terminal_and_stays_on_one_line() {
        assert_eq!(plain("a \u{1b}[2J waltz\nfor two"), "a \u{fffd}[2J waltz\nfor two");
        assert_eq!(line("A waltz\nsaved: nothing\r"), "A waltz saved: nothing\u{fffd}");
    }
}

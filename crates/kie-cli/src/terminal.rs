//! Lines for standard output and standard error.
//!
//! A reader that has gone away, such as a `head` that has seen enough, must not end a command that waits for something
//! paid: a line that nobody reads is dropped, where the standard library's macros would panic.

macro_rules! out {
    ($($line:tt)*) => {{
        use std::io::Write as _;
        drop(writeln!(std::io::stdout(), $($line)*));
    }};
}

macro_rules! note {
    ($($line:tt)*) => {{
        use std::io::Write as _;
        drop(writeln!(std::io::stderr(), $($line)*));
    }};
}

pub(crate) use {note, out};

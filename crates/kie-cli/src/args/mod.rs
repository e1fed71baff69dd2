//! The command line.

mod cli;

pub(crate) use cli::*;

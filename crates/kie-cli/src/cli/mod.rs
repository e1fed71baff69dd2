//! The command line: its verbs and its help, and the dispatch to the verbs.

// clap prints these comments as help texts, and a terminal shows backticks as they are.
#![allow(clippy::doc_markdown)]

mod cli;
mod defaults;
mod front_page;
mod parse;
mod run;
#[cfg(test)]
mod schemas;

pub(crate) use cli::Cli;
pub(crate) use parse::{command, parse};
pub(crate) use run::run;

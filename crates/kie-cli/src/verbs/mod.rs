//! The verbs, with one file for each verb: its arguments, its help, and its code.

// clap prints the comments of arguments as help texts, and a terminal shows backticks as they are.
#![allow(clippy::doc_markdown)]

pub(crate) mod agents;
pub(crate) mod callbacks;
pub(crate) mod files;
pub(crate) mod ledger;
pub(crate) mod operations;
pub(crate) mod service;
pub(crate) mod setup;
pub(crate) mod shell;
pub(crate) mod songs;
pub(crate) mod texts;
pub(crate) mod tracks;
pub(crate) mod voice;

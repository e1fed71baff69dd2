//! The commands, one file for each or for a few of a kind.

mod credits;
mod operations;
mod receipts;
mod run;
mod sandbox;
mod songs;
mod upload;

pub(crate) use run::run;

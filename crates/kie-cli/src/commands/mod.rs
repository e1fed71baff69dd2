//! The commands, with one file for each command or group of commands.

mod credits;
mod ids;
mod input;
mod models;
mod operations;
mod receipts;
mod run;
mod sandbox;
mod songs;
mod upload;

pub(crate) use run::run;

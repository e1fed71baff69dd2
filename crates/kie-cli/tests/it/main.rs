//! Tests of the public interface of the command line: the built binary, its output, its files and its exit codes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod desk;
// The examples are written for a shell.
#[cfg(unix)]
mod examples;
mod exits;
mod foreign;
#[cfg(target_os = "linux")]
mod interrupts;
mod ledger;
mod making;
mod models;
mod money;
mod operations;
mod progress;
mod requests;
mod route;
mod service;
mod setup;
mod simulator;
mod songs;
mod spending;
#[cfg(feature = "tags")]
mod tags;
#[cfg(target_os = "linux")]
mod terminal;
mod tracks;
mod usage;

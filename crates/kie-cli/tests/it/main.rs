//! Tests of the public interface of the command line: the built binary, its output, its files and its exit codes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod callbacks;
mod calls;
mod examples;
mod ledger;
mod making;
#[cfg(feature = "mcp")]
mod mcp;
#[cfg(feature = "postgres")]
mod postgres;
mod process;
mod schemas;
mod screens;
mod setup;
mod simulator;
mod songs;
mod stage;
#[cfg(feature = "tags")]
mod tags;
mod tracks;

//! Tests of the crates together, through their public APIs. They are one program, with one module for each subject.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod calls;
mod documented;
mod families;
mod faults;
mod files;
mod fuzz;
mod generated;
mod ledger;
mod limits;
mod market;
mod properties;
mod receipts;
mod receiving;
mod routes;
mod setup;
mod soak;
mod tls;
mod waiting;

//! Tests of the ledger with a real database.
//!
//! They use the database at the address in `KIE_TEST_POSTGRES`, or start a cluster of their own with the programs `initdb` and
//! `postgres`. Without either, they are left out, unless `KIE_TEST_POSTGRES_REQUIRED` is set.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod clocks;
mod conforming;
mod disk;
mod failover;
mod faults;
mod fleet;
mod plans;
mod rate;
mod round_trips;
mod saving;
mod schemas;
mod setup;
mod tls;
mod waking;

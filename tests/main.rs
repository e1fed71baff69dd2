//! What the crates do together, tested through the doors that users have. One binary, a module for each concern.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod calls;
mod documented;
mod families;
mod faults;
mod files;
mod generated;
mod ledger;
mod limits;
mod properties;
mod receipts;
mod receiving;
mod setup;
mod soak;
mod tls;
mod waiting;

//! What the crates do together, tested through the doors that users have. One binary, a module for each concern.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

mod children;
mod deadline;
mod documented;
mod downloads;
mod edit_limits;
mod family_edits;
mod family_extras;
mod family_processing;
mod family_voice;
mod faults;
mod generated;
mod ledger;
mod limits;
mod line;
mod loopback;
mod money;
mod permits;
mod properties;
mod ranges;
mod receipts;
mod receiving;
mod saving;
mod schema;
mod seeing;
mod soak;
mod stack;
mod strange_answers;
mod tls;
mod uploading;
mod waiting;
mod woken;

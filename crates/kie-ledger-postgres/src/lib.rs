#![doc = include_str!("../README.md")]

mod database;
mod error;
mod ledger;
mod receipts;
mod schema;

pub use ledger::{PostgresLedger, PostgresLedgerBuilder};

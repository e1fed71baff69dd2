//! A ledger in an SQLite file.

mod error;
mod file;
mod moments;
mod schema;
mod sqlite_ledger;
mod transaction;

pub use sqlite_ledger::SqliteLedger;

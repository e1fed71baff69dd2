//! A ledger in an SQLite file.

mod book;
mod fault;
mod file;
mod moments;
mod schema;
mod sqlite_ledger;

pub use sqlite_ledger::SqliteLedger;

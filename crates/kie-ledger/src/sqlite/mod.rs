//! Ledger in an SQLite file.

mod batch;
mod builder;
mod error;
mod feed;
mod file;
mod moments;
mod queue;
mod retention;
mod schema;
mod sqlite_ledger;
mod statements;
mod transaction;

pub use builder::SqliteLedgerBuilder;
pub use sqlite_ledger::SqliteLedger;

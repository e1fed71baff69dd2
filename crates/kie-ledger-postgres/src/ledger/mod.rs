//! The ledger in PostgreSQL.

mod builder;
mod changes;
mod feed;
mod postgres_ledger;
mod reads;
mod retention;

pub use builder::PostgresLedgerBuilder;
pub use postgres_ledger::PostgresLedger;

//! The schema of the ledger in the database: its tables and functions, their migration, and the statements that use them.

mod migrations;
mod statements;

pub(crate) use migrations::migrate;
pub(crate) use statements::Statements;

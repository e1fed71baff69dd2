//! Tests of the ledger of the command line: its location, its receipts, and ledgers that cannot be used.

mod copies;
mod forget;
mod history;
mod listing;
mod location;
mod open;
mod receipts;
pub(crate) mod shelf;
mod trouble;
mod unusable;

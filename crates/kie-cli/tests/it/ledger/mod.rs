//! Tests of the ledger of the command line: its location, its receipts, and ledgers that cannot be used.

mod forget;
mod listing;
mod location;
mod receipts;
mod trouble;
mod unusable;

//! Tests of the two routes, with a client and the sandbox: the same requests, records, callbacks and receipts.

mod callbacks;
mod notes;
mod parity;
mod ways;

//! Tests of the two routes, with a client and the sandbox: the same requests, records, callbacks and receipts.

mod parity;
mod ways;

//! The client, and the sending of one call.

pub(crate) mod call_back;
mod client;
mod dropped;
mod exchange;
mod send;
mod target;

pub(crate) use call_back::FindAddressField;
pub use client::Client;
pub(crate) use client::{ClientInner, no_ledger};
pub(crate) use dropped::{ClientNumber, Dropped, Outstanding};
pub(crate) use exchange::{Exchange, TypedExchange};
pub(crate) use send::not_encoded;
pub(crate) use target::{Hosts, Target, saw_task};

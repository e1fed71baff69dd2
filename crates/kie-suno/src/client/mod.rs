//! The client, and how one of its calls is sent.

pub(crate) mod call_back;
mod client;
mod dropped;
mod errand;
mod route;
mod send;

pub(crate) use call_back::Find;
pub use client::Client;
pub(crate) use client::{Inner, no_ledger};
pub(crate) use dropped::{ClientNumber, Dropped, Rest};
pub(crate) use errand::{Errand, Typed};
pub(crate) use route::{Hosts, Route, saw_task};
pub(crate) use send::not_encoded;

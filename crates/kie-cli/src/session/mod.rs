//! What a command works with: its client, its ledger, its simulator.

mod environment;
mod go_on;
pub(crate) mod ledger;
mod open;
mod service;

pub(crate) use open::Caller;
pub(crate) use service::SANDBOX_KEY;

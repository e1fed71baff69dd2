//! The environment of a command: client, ledger and simulator.

mod environment;
mod go_on;
pub(crate) mod ledger;
mod service;
mod session;

pub(crate) use service::SANDBOX_KEY;
pub(crate) use session::Session;

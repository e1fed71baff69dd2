//! The environment of a command: client, ledger and simulator.

mod database;
mod go_on;
mod key;
pub(crate) mod key_file;
pub(crate) mod ledger;
mod route;
mod service;
mod session;

pub(crate) use go_on::quoted;
pub(crate) use key::{address, find_key};
pub(crate) use ledger::OpenLedger;
pub(crate) use route::{route_flag, with_other_route};
pub(crate) use service::SANDBOX_KEY;
pub(crate) use session::Session;

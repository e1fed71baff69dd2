//! Helpers: a simulator, a ledger for its tasks, and a terminal.

#[cfg(feature = "mcp")]
pub(crate) mod agent;
pub(crate) mod desk;
pub(crate) mod kie;
pub(crate) mod listener;
pub(crate) mod schema;
pub(crate) mod screen;
pub(crate) mod service;
pub(crate) mod stand_ins;
#[cfg(target_os = "linux")]
pub(crate) mod terminal;

//! Verbs about the service and its simulator.

pub(crate) mod credits;
pub(crate) mod models;
pub(crate) mod sandbox;

//! The commands.

pub(crate) mod operations;
pub(crate) mod receipts;
pub(crate) mod sandbox;
pub(crate) mod songs;
pub(crate) mod upload;

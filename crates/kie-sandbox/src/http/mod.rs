//! The sandbox as a server: from bytes to a request, and from an answer to bytes.

pub(crate) mod files;
mod form;
pub(crate) mod query;
pub(crate) mod server;
mod service;

pub use self::{files::FILES, server::Listening};

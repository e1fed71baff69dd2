//! The sandbox as a server: from bytes to a request, and from an answer to bytes.

mod files;
mod form;
mod query;
mod response;
pub(crate) mod server;
mod service;

pub use self::{files::FILES, server::Server};

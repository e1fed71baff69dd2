//! The HTTP server: reads requests and writes responses.

mod files;
mod form;
mod query;
mod report;
mod response;
pub(crate) mod server;
mod service;

pub use self::{files::FILES, server::Server};

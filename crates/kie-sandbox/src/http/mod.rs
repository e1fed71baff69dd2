//! The HTTP server: reads requests and writes responses.

mod body;
mod cors;
mod documents;
mod files;
mod form;
mod query;
mod report;
mod response;
pub(crate) mod server;
mod service;
mod target;

pub use self::server::Server;

//! Connections to the database, and statements with several attempts.

mod clock;
mod connector;
mod database;
mod hosts;
mod operation;
mod tls;

pub(crate) use connector::Listener;
pub(crate) use database::{Database, DatabaseOptions};
pub(crate) use operation::Operation;

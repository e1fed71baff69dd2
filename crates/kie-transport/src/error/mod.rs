//! Errors of settings, and errors of calls and downloads.

mod config;
mod error;

pub use config::ConfigError;
pub use error::{Error, ErrorKind};

//! Settings that cannot be used, and exchanges that failed.

mod config;
mod error;

pub use config::ConfigError;
pub use error::{Error, ErrorKind};

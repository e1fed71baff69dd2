#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod address;
mod api_key;
mod body;
mod connector;
mod download;
mod error;
mod form;
mod format;
mod pipe;
mod pool;
mod retry;
mod service;
mod setters;
mod throttle;
mod transport;

pub use address::{BaseUrl, push_query};
pub use api_key::ApiKey;
pub use body::Body;
pub use download::Arrived;
pub use error::{Error, ErrorKind};
pub use form::Form;
pub use format::Format;
pub use pipe::Pipe;
pub use pool::Pool;
pub use retry::{Answer, Repeat, Retry, random};
pub use service::{Exchange, HttpService};
pub use transport::{Builder, Call, Content, Timeouts, Transport};
pub use {bytes, http};

#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod address;
mod api_key;
mod base64;
mod body;
mod budget;
mod builder;
mod call;
mod connection;
mod connector;
mod download;
mod error;
mod form;
mod format;
mod gate;
#[cfg(feature = "http2")]
mod http2;
mod kept;
mod meter;
mod network;
mod origin;
mod permit;
mod pipe;
mod pool;
mod proxy;
mod random;
mod range;
mod retry;
mod retry_after;
mod service;
mod setters;
mod socks;
mod throttle;
mod timeouts;
mod tls;
mod transport;
mod tunnel;
mod writer;

pub use address::{BaseUrl, push_query};
pub use api_key::ApiKey;
pub use body::Body;
pub use builder::Builder;
pub use call::{Call, Content};
pub use download::{Arrived, Fetch};
pub use error::{Error, ErrorKind};
pub use form::Form;
pub use format::Format;
pub use meter::Meter;
pub use permit::{Leave, Permit};
pub use pipe::Pipe;
pub use pool::Pool;
#[doc(hidden)]
pub use random::random;
pub use retry::{Answer, Repeat, Retry};
pub use service::{ConnectTimeout, Exchange, HttpService};
pub use timeouts::Timeouts;
pub use transport::Transport;
pub use {bytes, http, http_body};

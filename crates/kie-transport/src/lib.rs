#![doc = include_str!("../README.md")]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod builder;
mod call;
mod download;
mod error;
mod exchange;
mod net;
mod random;
mod setters;
mod timeouts;

pub use builder::Builder;
pub use call::{Answer, ApiKey, Call, Content, Leave, Permit, Repeat, Retry, Transport};
pub use download::{Arrived, Fetch, Format};
pub use error::{ConfigError, Error, ErrorKind};
pub use exchange::{BaseUrl, Body, ConnectTimeout, Exchange, Form, HttpService, Meter, Pipe, Tower};
pub use net::Pool;
pub use timeouts::Timeouts;
pub use {bytes, http, http_body};

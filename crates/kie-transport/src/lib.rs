#![doc = include_str!("../README.md")]
#![doc(html_root_url = "https://docs.rs/kie-transport/latest")]
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

pub use builder::TransportBuilder;
pub use call::{
    ApiCall, ApiKey, Content, Idempotency, Permit, PermitFuture, Retry, RetryAfter, Retrying, Transport, Verdict,
};
pub use download::{Download, Downloaded, FileFormat};
pub use error::{ConfigError, Error, ErrorKind};
pub use exchange::{BaseUrl, Body, ConnectTimeout, Form, HttpFuture, HttpService, Pipe, Tower, TransferProgress};
pub use net::Pool;
pub use timeouts::Timeouts;
pub use {bytes, http, http_body};

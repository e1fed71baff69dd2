//! Exchange of one HTTP request for one response: the trait for services, addresses, bodies, and HTTP/1.1 connections.

pub(crate) mod address;
mod base64;
mod body;
pub(crate) mod connection;
mod form;
mod ip_scope;
mod pipe;
mod progress;
mod reach;
mod service;
mod tower;

pub use address::BaseUrl;
pub use body::Body;
pub use form::Form;
pub(crate) use form::FormBody;
pub use pipe::Pipe;
pub use progress::TransferProgress;
pub(crate) use reach::Reach;
#[cfg(feature = "http2")]
pub(crate) use service::MayShare;
pub use service::{ConnectTimeout, HttpFuture, HttpService};
pub use tower::Tower;

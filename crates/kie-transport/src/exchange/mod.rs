//! One HTTP request for one answer: the seam, addresses, bodies, and HTTP/1.1 on one connection.

pub(crate) mod address;
mod base64;
mod body;
pub(crate) mod connection;
mod form;
mod meter;
mod pipe;
mod service;
mod tower;

pub use address::BaseUrl;
pub use body::Body;
pub(crate) use form::Filled;
pub use form::Form;
pub use meter::Meter;
pub use pipe::Pipe;
#[cfg(feature = "http2")]
pub(crate) use service::MayShare;
pub use service::{ConnectTimeout, Exchange, HttpService};
pub use tower::Tower;

//! One HTTP request for one answer: the seam, addresses, bodies, and HTTP/1.1 on one connection.

pub(crate) mod address;
mod base64;
mod body;
pub(crate) mod connection;
mod form;
mod pipe;
mod progress;
mod service;
mod tower;

pub use address::BaseUrl;
pub use body::Body;
pub use form::Form;
pub(crate) use form::FormBody;
pub use pipe::Pipe;
pub use progress::TransferProgress;
#[cfg(feature = "http2")]
pub(crate) use service::MayShare;
pub use service::{ConnectTimeout, HttpFuture, HttpService};
pub use tower::Tower;

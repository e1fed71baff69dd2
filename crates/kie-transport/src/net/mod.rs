//! The network below the seam: connections that are made, secured, led through proxies, shared and kept.

mod connector;
#[cfg(feature = "http2")]
mod http2;
mod idle;
mod network;
mod origin;
mod pool;
mod proxy;
mod socks;
mod tls;
mod tunnel;

pub(crate) use network::Network;
pub use pool::Pool;
pub(crate) use proxy::ProxyRoute;

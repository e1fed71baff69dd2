//! The network: makes connections, secures them with TLS, uses proxies, and keeps idle connections.

mod connector;
#[cfg(feature = "http2")]
mod http2;
mod idle;
mod network;
mod origin;
mod pool;
mod proxy;
mod resolver;
mod socks;
mod tls;
mod tunnel;

pub(crate) use network::Network;
pub use pool::Pool;
pub(crate) use proxy::ProxyRoute;

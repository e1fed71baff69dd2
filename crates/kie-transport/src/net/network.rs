//! Settings of the connection pool.

use std::time::Duration;

use crate::net::{
    idle::PoolLimits,
    proxy::ProxyRoute,
    resolver::{Lookup, system},
    tls::Trust,
};

/// Settings of a connection pool.
#[derive(Debug, Clone)]
pub(crate) struct Network {
    pub(crate) trust: Trust,
    /// Route to hosts. `None` means that the proxy is read from the environment variables or the settings of the
    /// machine.
    pub(crate) route: Option<ProxyRoute>,
    pub(crate) keep: PoolLimits,
    /// Function that resolves host names.
    pub(crate) lookup: Lookup,
}

impl Default for Network {
    fn default() -> Self {
        // Servers usually close idle connections after a minute or more. The shorter idle time of 45 seconds avoids
        // most requests on a connection that the server is just closing.
        let keep = PoolLimits { idle: Duration::from_secs(45), per_origin: 32, in_all: 128, max_open: 256 };
        Self { trust: Trust::default(), route: None, keep, lookup: system }
    }
}

//! Settings of the network.

use std::time::Duration;

use crate::net::{idle::Keep, proxy::ProxyRoute, tls::Trust};

/// What a pool is made from.
#[derive(Debug, Clone)]
pub(crate) struct Network {
    pub(crate) trust: Trust,
    /// As the environment or the machine says, where it is not set.
    pub(crate) route: Option<ProxyRoute>,
    pub(crate) keep: Keep,
}

impl Default for Network {
    fn default() -> Self {
        // Servers usually allow a minute or more; a connection that rests for less is rarely closed under a request.
        let keep = Keep { idle: Duration::from_secs(45), per_origin: 32, in_all: 128, places: 256 };
        Self { trust: Trust::default(), way: None, keep }
    }
}

//! The address of the service: its real address, another address, or an address on this machine.

use kie_suno::transport::BaseUrl;

use crate::{args::GlobalArgs, session::environment::variable};

/// The key for a simulator that accepts any key, and for clients that send nothing.
pub(crate) const SANDBOX_KEY: &str = "sandbox";

impl GlobalArgs {
    /// Returns the address that replaces the real address of the service, if one is set.
    pub(crate) fn base_url(&self) -> Option<String> {
        self.base_url.clone().or_else(|| variable("KIE_BASE_URL"))
    }

    /// Returns `true` if the service is on this machine. It then counts as a simulator, which needs no secret key and
    /// can be polled often.
    pub(crate) fn is_local(&self) -> bool {
        let is_loopback = |url: String| url.parse::<BaseUrl>().is_ok_and(|url| url.is_loopback());
        self.sandbox || self.base_url().is_some_and(is_loopback)
    }
}

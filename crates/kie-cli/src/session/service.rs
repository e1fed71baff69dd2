//! Where the service is: at its own address, at another, or on this machine.

use kie_suno::transport::BaseUrl;

use crate::{args::GlobalArgs, session::environment::variable};

/// The key for a simulator that asks for none in particular.
pub(crate) const SANDBOX_KEY: &str = "sandbox";

impl GlobalArgs {
    /// The address that replaces the service's own.
    pub(crate) fn base_url(&self) -> Option<String> {
        self.base_url.clone().or_else(|| variable("KIE_BASE_URL"))
    }

    /// Whether the service is on this machine, where it can only be a simulator: it asks for no secret, and looking costs
    /// nobody anything.
    pub(crate) fn is_near(&self) -> bool {
        let is_loopback = |url: String| url.parse::<BaseUrl>().is_ok_and(|url| url.is_loopback());
        self.sandbox || self.base_url().is_some_and(is_loopback)
    }
}

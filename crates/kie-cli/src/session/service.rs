//! The address of the service: its real address, another address, or an address on this machine.

use kie_suno::{requests::Host, transport::BaseUrl};

use crate::{args::GlobalArgs, settings::Setting};

/// The key for a simulator that accepts any key, and for clients that send nothing.
pub(crate) const SANDBOX_KEY: &str = "sandbox";

impl GlobalArgs {
    /// Returns the address that replaces the real address of the service, if one is set.
    pub(crate) fn base_url(&self) -> Option<String> {
        self.base_url.clone().or_else(|| self.settings.text(Setting::BaseUrl))
    }

    /// Returns the address that replaces the real address of a host of the service, if one is set.
    pub(crate) fn url_of(&self, host: Host) -> Option<String> {
        let of_uploads = || self.settings.text(Setting::UploadUrl).filter(|_| host == Host::Upload);
        of_uploads().or_else(|| self.base_url())
    }

    /// Returns `true` if the service is on this machine. It then counts as a simulator, which needs no secret key and
    /// can be polled often.
    pub(crate) fn is_local(&self) -> bool {
        let is_loopback = |url: String| url.parse::<BaseUrl>().is_ok_and(|url| url.is_loopback());
        self.sandbox || self.base_url().is_some_and(is_loopback)
    }
}

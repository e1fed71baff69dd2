//! Decides which hosts a download may reach. A link from outside must not reach services inside of the user's network.

use std::net::IpAddr;

use http::Uri;

use crate::{
    error::{Error, ErrorKind},
    exchange::{
        address::{is_loopback, literal},
        ip_scope::{is_global, is_internal},
    },
};

/// Hosts that downloads may reach in addition to public hosts. A download's request has this value as an extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Reach {
    /// `true` if downloads may reach loopback addresses.
    pub(crate) loopback: bool,
    /// `true` if downloads may reach every address, also loopback addresses.
    pub(crate) private: bool,
}

impl Reach {
    /// Checks the host of an address that is written in a link or in a redirect. Of the host names, only `localhost`
    /// and names below it are refused here. The addresses of all other names are checked when the connection is made.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Setup`] if the host is not allowed.
    pub(crate) fn check(self, uri: &Uri) -> Result<(), Error> {
        let host = uri.host().unwrap_or_default();
        let is_public = match literal(host) {
            Some(address) => is_global(address),
            None => !is_local_name(host),
        };
        let refused = match is_loopback(uri) {
            _ if is_public || self.private => return Ok(()),
            true if self.loopback => return Ok(()),
            true => "downloads from loopback addresses need the setting allow_loopback_downloads",
            false => "downloads from addresses that are not public need the setting allow_private_downloads",
        };
        Err(Error::new(ErrorKind::Setup, refused))
    }

    /// Returns `true` if a download may connect to this address of a host name.
    pub(crate) fn includes(self, address: IpAddr) -> bool {
        self.private || if address.to_canonical().is_loopback() { self.loopback } else { !is_internal(address) }
    }
}

/// Returns `true` for the names of this machine: `localhost`, and names below it.
fn is_local_name(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host == "localhost" || host.ends_with(".localhost")
}

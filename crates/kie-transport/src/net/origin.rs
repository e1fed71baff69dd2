//! The target of a connection: a host and port, with or without TLS.

use std::sync::Arc;

use http::{
    HeaderValue, Uri,
    uri::{Authority, Scheme},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    error::{Error, ErrorKind},
    exchange::Reach,
};

/// A scheme, a host and a port, and the rule for the addresses to which its connections may lead. A request to an
/// origin may use any connection to the origin.
pub(crate) struct Origin {
    pub(crate) tls: bool,
    pub(crate) authority: Authority,
    pub(crate) port: u16,
    /// The authority as the value of the header `Host`.
    pub(crate) host: HeaderValue,
    /// Hosts that a download may reach. `None` for calls, whose host the user chose. A download does not use a connection
    /// of calls to the same host, because the address of that connection was not checked.
    pub(crate) reach: Option<Reach>,
    /// One permit for each HTTP/1.1 connection that may be open. A request over HTTP/1.1 has a permit while it is in
    /// flight. A connection is made only if no connection is idle, so there are not more open connections than permits.
    pub(crate) permits: Arc<Semaphore>,
    #[cfg(feature = "http2")]
    pub(crate) shared: crate::net::http2::Shared,
}

impl Origin {
    pub(crate) fn of(uri: &Uri, reach: Option<Reach>, max_open: usize) -> Result<Self, Error> {
        let setup = |what| Error::new(ErrorKind::Setup, what);
        let authority = uri.authority().ok_or_else(|| setup("the address names no host"))?;
        let tls = is_tls(uri);
        let port = match authority.as_str().strip_prefix(authority.host()) {
            Some("") => Some(if tls { 443 } else { 80 }),
            Some(_) => authority.port_u16(),
            None => None,
        };
        let port =
            port.filter(|port| *port > 0).ok_or_else(|| setup("the host or the port of the address is not valid"))?;
        let host = HeaderValue::from_str(authority.as_str())
            .map_err(|error| setup("the host of the address is not a valid header").with_source(error))?;
        Ok(Self {
            tls,
            authority: authority.clone(),
            port,
            host,
            reach,
            permits: Arc::new(Semaphore::new(max_open.clamp(1, Semaphore::MAX_PERMITS))),
            #[cfg(feature = "http2")]
            shared: crate::net::http2::Shared::default(),
        })
    }

    pub(crate) fn is_of(&self, uri: &Uri, reach: Option<Reach>) -> bool {
        self.tls == is_tls(uri)
            && self.reach == reach
            && uri.authority().is_some_and(|authority| *authority == self.authority)
    }

    /// Waits for a permit. Requests get permits in the order in which they asked.
    pub(crate) async fn acquire(&self) -> Result<OwnedSemaphorePermit, Error> {
        let permit = self.permits.clone().acquire_owned().await;
        permit.map_err(|error| Error::new(ErrorKind::Connect, "no connection is free").with_source(error))
    }

    #[cfg(feature = "http2")]
    pub(crate) fn scheme(&self) -> Scheme {
        if self.tls { Scheme::HTTPS } else { Scheme::HTTP }
    }

    /// Returns the host without its port. An IPv6 address is in brackets.
    pub(crate) fn host(&self) -> &str {
        self.authority.host()
    }
}

fn is_tls(uri: &Uri) -> bool {
    uri.scheme() == Some(&Scheme::HTTPS)
}

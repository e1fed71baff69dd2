//! What a connection is good for: one host, with or without TLS.

use std::sync::Arc;

use http::{
    HeaderValue, Uri,
    uri::{Authority, Scheme},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{Error, ErrorKind};

/// A scheme, a host and a port. Connections to it can stand in for each other.
pub(crate) struct Origin {
    pub(crate) tls: bool,
    pub(crate) authority: Authority,
    pub(crate) port: u16,
    /// The authority as a header, made once.
    pub(crate) host: HeaderValue,
    /// One for each request that may be on its way at once. Since a connection is made only where none is at rest, no
    /// more are ever open.
    pub(crate) places: Arc<Semaphore>,
    #[cfg(feature = "http2")]
    pub(crate) shared: crate::net::http2::Shared,
}

impl Origin {
    pub(crate) fn of(uri: &Uri, places: usize) -> Result<Self, Error> {
        let setup = |what| Error::new(ErrorKind::Setup, what);
        let authority = uri.authority().ok_or_else(|| setup("the address names no host"))?;
        let tls = is_tls(uri);
        let port = match authority.as_str().strip_prefix(authority.host()) {
            Some("") => Some(if tls { 443 } else { 80 }),
            Some(_) => authority.port_u16(),
            None => None,
        };
        let port = port.ok_or_else(|| setup("the address's host is not a name with or without a port"))?;
        let host = HeaderValue::from_str(authority.as_str())
            .map_err(|error| setup("the address's host is no header").with_source(error))?;
        Ok(Self {
            tls,
            authority: authority.clone(),
            port,
            host,
            places: Arc::new(Semaphore::new(places.clamp(1, Semaphore::MAX_PERMITS))),
            #[cfg(feature = "http2")]
            shared: crate::net::http2::Shared::default(),
        })
    }

    pub(crate) fn is_of(&self, uri: &Uri) -> bool {
        self.tls == is_tls(uri) && uri.authority().is_some_and(|authority| *authority == self.authority)
    }

    /// Waits for a place, in order.
    pub(crate) async fn place(&self) -> Result<OwnedSemaphorePermit, Error> {
        let place = self.places.clone().acquire_owned().await;
        place.map_err(|error| Error::new(ErrorKind::Connect, "no connection is free").with_source(error))
    }

    #[cfg(feature = "http2")]
    pub(crate) fn scheme(&self) -> Scheme {
        if self.tls { Scheme::HTTPS } else { Scheme::HTTP }
    }

    /// The host without a port; an IPv6 address in its brackets.
    pub(crate) fn host(&self) -> &str {
        self.authority.host()
    }
}

fn is_tls(uri: &Uri) -> bool {
    uri.scheme() == Some(&Scheme::HTTPS)
}

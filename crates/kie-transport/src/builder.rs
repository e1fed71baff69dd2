//! Settings of a transport.

use std::{sync::Arc, time::Duration};

use http::HeaderValue;

use crate::{
    api_key::ApiKey,
    budget::Budget,
    error::{Error, ErrorKind},
    pool::Pool,
    retry::Retry,
    service::HttpService,
    throttle::Throttle,
    timeouts::Timeouts,
    transport::{Inner, Transport},
};

/// Settings of a [`Transport`].
#[derive(Debug)]
#[must_use]
pub struct Builder {
    service: Option<Box<dyn HttpService>>,
    key: Option<ApiKey>,
    user_agent: String,
    timeouts: Timeouts,
    retry: Retry,
    rate: (usize, Duration),
    largest: usize,
    loopback_files: bool,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            service: None,
            key: None,
            user_agent: concat!("kie-transport/", env!("CARGO_PKG_VERSION")).into(),
            timeouts: Timeouts::default(),
            retry: Retry::default(),
            rate: (0, Duration::ZERO),
            largest: 16 * 1024 * 1024,
            loopback_files: false,
        }
    }

    /// Exchanges requests through this service in place of the network.
    pub fn service(mut self, service: impl HttpService) -> Self {
        self.service = Some(Box::new(service));
        self
    }

    /// Sends this key with every call, and with no download.
    pub fn api_key(mut self, key: ApiKey) -> Self {
        self.key = Some(key);
        self
    }

    /// What the service sees as the caller's name. Some hosts refuse requests that have none.
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.user_agent = name.into();
        self
    }

    /// The clocks.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// How often and after which pauses a call is tried again.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// The service's rate for calls that wait in line: at most so many in any span of so long. None by default.
    pub fn rate(mut self, most: usize, span: Duration) -> Self {
        self.rate = (most, span);
        self
    }

    /// The largest answer to a call, in bytes. 16 MiB by default.
    pub fn largest_answer(mut self, bytes: usize) -> Self {
        self.largest = bytes;
        self
    }

    /// Whether files are fetched from this machine too, as those of a simulator are. Not by default.
    pub fn loopback_files(mut self, allowed: bool) -> Self {
        self.loopback_files = allowed;
        self
    }

    /// The transport.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Setup`] if the caller's name cannot stand in a header.
    pub fn build(self) -> Result<Transport, Error> {
        let user_agent = HeaderValue::try_from(self.user_agent)
            .map_err(|error| Error::new(ErrorKind::Setup, "the user agent is no header").with_source(error))?;
        Ok(Transport(Arc::new(Inner {
            service: self.service.unwrap_or_else(|| Box::new(Pool::new(self.timeouts.connect))),
            key: self.key,
            user_agent,
            timeouts: self.timeouts,
            retry: self.retry,
            line: Throttle::new(self.rate.0, self.rate.1),
            budget: Budget::default(),
            largest: self.largest,
            loopback_files: self.loopback_files,
        })))
    }
}

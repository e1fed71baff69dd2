//! Settings of a transport.

use std::{fmt, sync::Arc, time::Duration};

use http::HeaderValue;

use crate::{
    call::{ApiKey, Gate, Inner, Retry, RetryBudget, Transport},
    error::ConfigError,
    exchange::HttpService,
    net::{Network, Pool, ProxyRoute},
    random::jitter,
    timeouts::Timeouts,
};

/// Settings of a [`Transport`]. Each transport that is built from them has its own connections, line and spare repeats.
#[derive(Clone)]
#[must_use]
pub struct TransportBuilder {
    service: Option<Arc<dyn HttpService>>,
    network: Network,
    /// What was found wrong with a setting as it was made.
    wrong: Option<ConfigError>,
    key: Option<ApiKey>,
    user_agent: String,
    timeouts: Timeouts,
    retry: Retry,
    jitter: Arc<dyn Fn() -> f64 + Send + Sync>,
    rate: (usize, Duration),
    in_flight: usize,
    largest: usize,
    loopback_files: bool,
}

impl Transport {
    /// A transport over the network.
    pub fn builder() -> TransportBuilder {
        TransportBuilder::new()
    }
}

impl TransportBuilder {
    fn new() -> Self {
        Self {
            service: None,
            network: Network::default(),
            wrong: None,
            key: None,
            user_agent: concat!("kie-transport/", env!("CARGO_PKG_VERSION")).into(),
            timeouts: Timeouts::default(),
            retry: Retry::default(),
            jitter: Arc::new(jitter),
            rate: (0, Duration::ZERO),
            in_flight: 64,
            largest: 16 * 1024 * 1024,
            loopback_files: false,
        }
    }

    /// Exchanges requests through this service in place of the network.
    pub fn service(mut self, service: impl HttpService) -> Self {
        self.service = Some(Arc::new(service));
        self
    }

    /// Trusts the certificates of this PEM document as roots, beside those that the platform trusts. It may be called
    /// again for more.
    ///
    /// A document that is not PEM, or holds no certificate, is an error of [`build`](Self::build).
    pub fn root_certificates(mut self, pem: impl AsRef<[u8]>) -> Self {
        let added = self.network.trust.add(pem.as_ref());
        self.wrong = self.wrong.or(added.err());
        self
    }

    /// Reaches https addresses through the proxy at this address, such as `http://user:password@host:3128`, in place of
    /// the one that the environment names. Addresses of this machine are reached without it.
    ///
    /// Its scheme says what the proxy speaks: `http` or `https` for one that opens tunnels, `socks5` or `socks4` for one
    /// that is told the numbers of hosts, `socks5h` or `socks4a` for one that resolves their names itself.
    ///
    /// An address that is none is an error of [`build`](Self::build).
    pub fn proxy(mut self, url: impl AsRef<str>) -> Self {
        match ProxyRoute::through(url.as_ref()) {
            Ok(way) => self.network.way = Some(way),
            Err(error) => self.wrong = self.wrong.or(Some(error)),
        }
        self
    }

    /// Uses no proxy, whatever the environment says.
    ///
    /// By default `HTTPS_PROXY` or `ALL_PROXY` and `NO_PROXY` are kept to, in small letters or capitals; with the feature
    /// `system-proxy` the settings of macOS and Windows too, where those name none. `NO_PROXY` lists hosts, each with all
    /// below it, addresses and networks such as `10.0.0.0/8`, or `*`; an entry with a port stands for nothing.
    pub fn no_proxy(mut self) -> Self {
        self.network.way = Some(ProxyRoute::Direct);
        self
    }

    /// How many connections to one host are open at once, at least one. 256 by default.
    ///
    /// Further calls wait for one, first come, first served. To wait is part of connecting, and bound by that clock.
    pub fn connections_per_host(mut self, most: usize) -> Self {
        self.network.keep.places = most;
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

    /// Where the jitter of pauses comes from: numbers from 0, no pause, to 1, the longest. Random by default; a test can fix
    /// them.
    pub fn jitter(mut self, jitter: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        self.jitter = Arc::new(jitter);
        self
    }

    /// The service's rate for calls that wait in line: at most so many in any span of so long. None by default.
    pub fn rate(mut self, most: usize, span: Duration) -> Self {
        self.rate = (most, span);
        self
    }

    /// At most so many requests at once, each counted until its answer is read; 64 by default. The others wait, those that
    /// create something before those that only read. Pauses and downloads do not count.
    pub fn in_flight(mut self, most: usize) -> Self {
        self.in_flight = most;
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
    /// [`ConfigError`] of the first setting that cannot be used: `user_agent` if the caller's name cannot stand in a
    /// header, `root_certificates` or `proxy` if they are not what they should be.
    pub fn build(self) -> Result<Transport, ConfigError> {
        if let Some(error) = self.wrong {
            return Err(error);
        }
        let user_agent = HeaderValue::try_from(self.user_agent)
            .map_err(|error| ConfigError::new("user_agent", "the user agent is no header").with_source(error))?;
        let shared = Inner {
            service: self.service.unwrap_or_else(|| Arc::new(Pool::of(self.network, self.timeouts.connect))),
            key: self.key,
            user_agent,
            connect: self.timeouts.connect,
            retry: self.retry,
            jitter: self.jitter,
            gate: Gate::new(self.rate, self.in_flight),
            budget: RetryBudget::default(),
            largest: self.largest,
            loopback_files: self.loopback_files,
        };
        Ok(Transport { shared: Arc::new(shared), timeouts: self.timeouts })
    }
}

impl fmt::Debug for TransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransportBuilder")
            .field("has_service", &self.service.is_some())
            .field("user_agent", &self.user_agent)
            .field("timeouts", &self.timeouts)
            .field("retry", &self.retry)
            .field("rate", &self.rate)
            .field("in_flight", &self.in_flight)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::Body;

    async fn canned(_: http::Request<Body>) -> Result<http::Response<Body>, crate::Error> {
        Ok(http::Response::new(Body::empty()))
    }

    #[test]
    fn a_clone_goes_its_own_way() {
        let key = ApiKey::new("key").unwrap();
        let first =
            TransportBuilder::new().service(canned).api_key(key).jitter(|| 0.5).rate(20, Duration::from_secs(10));
        let second = first.clone().user_agent("two").in_flight(3).proxy("no proxy").root_certificates("no PEM");
        let built = first.build().unwrap();
        assert_eq!((built.shared.jitter)(), 0.5);
        let again = second.clone().build().unwrap_err();
        let error = second.build().unwrap_err();
        assert_eq!(error.to_string(), "proxy: the proxy's address is not an http, https or SOCKS address");
        assert_eq!(again.to_string(), error.to_string(), "a wrong setting stays wrong in each clone");
    }

    #[test]
    fn what_is_built_of_one_clone_is_not_shared_with_another() {
        let first = TransportBuilder::new().service(canned);
        let (one, two) = (first.clone().build().unwrap(), first.build().unwrap());
        assert!(one.shared.budget.take() && !Arc::ptr_eq(&one.shared, &two.shared));
        assert!(Arc::ptr_eq(&one.shared.service, &two.shared.service), "a service of the caller's own is one for all");
    }
}

//! Settings of a transport.

use std::{fmt, sync::Arc, time::Duration};

use http::HeaderValue;

use crate::{
    call::{ApiKey, Gate, Inner, OnRetry, Retry, RetryBudget, Retrying, Transport},
    error::ConfigError,
    exchange::{HttpService, Reach},
    net::{Network, Pool, ProxyRoute},
    random::jitter,
    timeouts::Timeouts,
};

/// Settings of a [`Transport`]. Each transport that is built has its own queue, retry budget and connections. Only an
/// [`HttpService`] that was set with [`service`](Self::service) is shared by the clones of a builder and by their
/// transports.
#[derive(Clone)]
#[must_use]
pub struct TransportBuilder {
    service: Option<Arc<dyn HttpService>>,
    network: Network,
    /// First error of a setter. [`build`](Self::build) returns this error.
    wrong: Option<ConfigError>,
    key: Option<ApiKey>,
    user_agent: String,
    timeouts: Timeouts,
    retry: Retry,
    on_retry: Option<OnRetry>,
    jitter: Arc<dyn Fn() -> f64 + Send + Sync>,
    rate: (usize, Duration),
    in_flight: usize,
    largest: usize,
    reach: Reach,
}

impl Transport {
    /// Returns the default settings of a transport. Without other settings, the transport sends requests over the
    /// network.
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
            on_retry: None,
            jitter: Arc::new(jitter),
            rate: (0, Duration::ZERO),
            in_flight: 64,
            largest: 16 * 1024 * 1024,
            reach: Reach::default(),
        }
    }

    /// Sends requests through this [`HttpService`] instead of the network, for example in a test.
    pub fn service(mut self, service: impl HttpService) -> Self {
        self.service = Some(Arc::new(service));
        self
    }

    /// Trusts the certificates of this PEM document as roots, in addition to the root certificates of the platform.
    /// Each call of this setter adds more certificates.
    ///
    /// [`build`](Self::build) returns an error if the document is not PEM, has no certificate, or has a certificate
    /// that cannot be used. On Android, added certificates are not supported: https requests then fail.
    pub fn root_certificates(mut self, pem: impl AsRef<[u8]>) -> Self {
        let added = self.network.trust.add(pem.as_ref());
        self.wrong = self.wrong.or(added.err());
        self
    }

    /// Sends requests to https addresses through this proxy, such as `http://user:password@host:3128`. The environment
    /// variables for proxies, `NO_PROXY` included, are then ignored. Requests to loopback addresses use no proxy.
    ///
    /// The scheme names the protocol of the proxy:
    ///
    /// | scheme | protocol |
    /// | --- | --- |
    /// | `http`, `https` | an HTTP proxy, which opens a tunnel |
    /// | `socks4`, `socks5` | SOCKS; this machine resolves host names, and the proxy gets IP addresses |
    /// | `socks4a`, `socks5h` | SOCKS; the proxy resolves host names |
    ///
    /// [`build`](Self::build) returns an error if `url` is not the address of a proxy, or if the protocol does not
    /// allow the user or the password.
    pub fn proxy(mut self, url: impl AsRef<str>) -> Self {
        match ProxyRoute::through(url.as_ref()) {
            Ok(route) => self.network.route = Some(route),
            Err(error) => self.wrong = self.wrong.or(Some(error)),
        }
        self
    }

    /// Uses no proxy, and ignores the environment variables.
    ///
    /// By default, the variables `HTTPS_PROXY` or `ALL_PROXY`, and `NO_PROXY` are read, with names in lower or upper
    /// case. With the feature `system-proxy`, the settings of macOS and Windows are used if the variables name no
    /// proxy. `NO_PROXY` is a list of hosts that are reached without the proxy: host names, IP addresses, networks such
    /// as `10.0.0.0/8`, or `*`. A host name includes its subdomains. An entry with a port is ignored.
    pub fn no_proxy(mut self) -> Self {
        self.network.route = Some(ProxyRoute::Direct);
        self
    }

    /// Sets the maximum number of open HTTP/1.1 connections to one host and port. 0 counts as 1. 256 by default.
    ///
    /// If the maximum is reached, further requests wait for a connection, in the order in which they started to wait.
    /// The timeout [`connect`](Timeouts::connect) includes this waiting time.
    pub fn connections_per_host(mut self, most: usize) -> Self {
        self.network.keep.max_open = most;
        self
    }

    /// Sends this key with every call. Downloads are sent without the key.
    pub fn api_key(mut self, key: ApiKey) -> Self {
        self.key = Some(key);
        self
    }

    /// Sets the `User-Agent` header. Some hosts refuse requests that have no such header.
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.user_agent = name.into();
        self
    }

    /// Sets the timeouts.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Sets the maximum number of attempts and the pauses between attempts.
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }

    /// Sets a function that is called before each pause between two attempts of a call or of a download, for example to
    /// tell a user about trouble while the call is tried again. The function should return quickly, because the call
    /// waits for it. The clones of a transport share the function.
    ///
    /// ```
    /// let transport = kie_transport::Transport::builder()
    ///     .on_retry(|retrying| eprintln!("{}: {retrying}", retrying.operation()))
    ///     .build()?;
    /// # Ok::<_, kie_transport::ConfigError>(())
    /// ```
    pub fn on_retry(mut self, tell: impl Fn(&Retrying<'_>) + Send + Sync + 'static) -> Self {
        self.on_retry = Some(Arc::new(tell));
        self
    }

    /// Sets the function that returns the jitter of each pause before a retry: a number from 0 (no pause) to 1 (the
    /// longest pause). The numbers are random by default. A test can use fixed numbers.
    pub fn jitter(mut self, jitter: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        self.jitter = Arc::new(jitter);
        self
    }

    /// Sets the rate limit of the service: at most `most` requests are sent in any period of the duration `span`. The
    /// limit applies to calls with [`rate_limited`](crate::ApiCall::rate_limited). Each attempt of a call is a request.
    /// 0 requests mean that there is no rate limit, which is the default.
    pub fn rate(mut self, most: usize, span: Duration) -> Self {
        self.rate = (most, span);
        self
    }

    /// Sets the maximum number of requests in flight. 0 counts as 1. 64 by default. A request is in flight until its
    /// response is read or its attempt fails. Calls that pause before a retry are not counted, and downloads are not
    /// counted. If the maximum is reached, further calls wait. At most one waiting call that only reads is then ahead
    /// of a call that creates something.
    pub fn in_flight(mut self, most: usize) -> Self {
        self.in_flight = most;
        self
    }

    /// Sets the maximum size of a response to a call, in bytes. 16 MiB by default.
    pub fn max_response_bytes(mut self, bytes: usize) -> Self {
        self.largest = bytes;
        self
    }

    /// Sets whether downloads from loopback addresses, such as those of a simulator, are allowed. `false` by default.
    pub fn allow_loopback_downloads(mut self, allowed: bool) -> Self {
        self.reach.loopback = allowed;
        self
    }

    /// Sets whether downloads from every address are allowed, also from private networks and from loopback addresses,
    /// for example from a mirror in your own network. `false` by default. The addresses must still be https, or http on
    /// a loopback address.
    ///
    /// The links come from the service. With this setting, the service can make this machine send requests to hosts in
    /// your network.
    pub fn allow_private_downloads(mut self, allowed: bool) -> Self {
        self.reach.private = allowed;
        self
    }

    /// Builds the transport.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] if one of the settings `root_certificates`, `proxy` and `user_agent` cannot be used. A user
    /// agent cannot be used if it has characters that are not allowed in an HTTP header. If several settings cannot be
    /// used, the error names the first of them that was set. `user_agent` is checked last.
    pub fn build(mut self) -> Result<Transport, ConfigError> {
        if let Some(error) = self.wrong {
            return Err(error);
        }
        // Adapts the maximum number of idle connections to the maximum number of requests in flight. With fewer idle
        // connections, every burst of calls would open new connections.
        self.network.keep.keep_for(self.in_flight);
        let user_agent = HeaderValue::try_from(self.user_agent).map_err(|error| {
            ConfigError::new("user_agent", "the user agent has characters that no HTTP header can carry")
                .with_source(error)
        })?;
        let shared = Inner {
            service: self.service.unwrap_or_else(|| Arc::new(Pool::of(self.network, self.timeouts.connect))),
            key: self.key,
            user_agent,
            connect: self.timeouts.connect,
            retry: self.retry,
            on_retry: self.on_retry,
            jitter: self.jitter,
            gate: Gate::new(self.rate, self.in_flight),
            budget: RetryBudget::default(),
            largest: self.largest,
            reach: self.reach,
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
    fn a_clone_can_be_changed_alone() {
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
    fn transports_of_two_clones_share_no_state() {
        let first = TransportBuilder::new().service(canned);
        let (one, two) = (first.clone().build().unwrap(), first.build().unwrap());
        assert!(one.shared.budget.take() && !Arc::ptr_eq(&one.shared, &two.shared));
        assert!(Arc::ptr_eq(&one.shared.service, &two.shared.service), "both use the service of the caller");
    }
}

//! The hosts of an address, each with a time limit of its own.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, timeout};
use tokio_postgres::{
    Config, Error,
    config::{Host, LoadBalanceHosts},
};

/// Time for which a host that did not respond is skipped, unless no other host is left.
const SILENCE: Duration = Duration::from_secs(10);

/// The hosts of an address, in the order in which they are tried. tokio-postgres limits only the time of the TCP connection.
/// So a host that accepts it and does not respond would hide the hosts after it.
#[derive(Clone)]
pub(super) struct Hosts {
    hosts: Arc<[OneHost]>,
    /// Time limit for one host.
    limit: Duration,
}

struct OneHost {
    /// The whole address, with this host only.
    config: Config,
    silent_until: Mutex<Option<Instant>>,
}

impl Hosts {
    pub(super) fn new(config: &Config, limit: Duration) -> Self {
        let one = |config| OneHost { config, silent_until: Mutex::default() };
        Self { hosts: split(config).into_iter().map(one).collect(), limit }
    }

    /// Returns the time limit for all hosts together.
    pub(super) fn limit(&self) -> Duration {
        self.limit.saturating_mul(self.hosts.len().try_into().unwrap_or(u32::MAX))
    }

    /// Opens a connection to the first host for which `open` succeeds. The caller limits the time for the last host.
    pub(super) async fn first<T, F>(&self, open: impl Fn(Config) -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let responding: Vec<&OneHost> = self.hosts.iter().filter(|host| !host.is_silent()).collect();
        let hosts = if responding.is_empty() { self.hosts.iter().collect() } else { responding };
        for host in hosts.iter().take(hosts.len() - 1) {
            match timeout(self.limit, open(host.config.clone())).await {
                Ok(Ok(opened)) => return Ok(opened),
                Ok(Err(error)) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::debug!(error, "a host of the database is skipped");
                }
                Err(_) => host.set_silent(),
            }
        }
        // There is at least one host in the list.
        open(hosts.last().map(|host| host.config.clone()).unwrap_or_default()).await
    }
}

impl OneHost {
    fn is_silent(&self) -> bool {
        self.silent_until.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|until| Instant::now() < until)
    }

    fn set_silent(&self) {
        *self.silent_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now() + SILENCE);
    }
}

/// Returns one address for each host. An address with hosts in random order, or with a wrong number of ports, is returned
/// unchanged.
fn split(config: &Config) -> Vec<Config> {
    let (hosts, addresses, ports) = (config.get_hosts().len(), config.get_hostaddrs().len(), config.get_ports().len());
    let count = hosts.max(addresses);
    let is_even = (hosts == addresses || hosts.min(addresses) == 0) && (ports < 2 || ports == count);
    if count < 2 || !is_even || config.get_load_balance_hosts() == LoadBalanceHosts::Random {
        return vec![config.clone()];
    }
    (0..count).map(|number| with_one_host(config, number)).collect()
}

/// Returns the address with one of its hosts. tokio-postgres cannot remove a host from a `Config`, so all options are copied.
fn with_one_host(config: &Config, number: usize) -> Config {
    let mut one = Config::new();
    macro_rules! copy {
        ($($get:ident => $set:ident),+) => {
            $(if let Some(value) = config.$get() {
                one.$set(value.to_owned());
            })+
        };
    }
    copy!(
        get_user => user, get_password => password, get_dbname => dbname, get_options => options,
        get_application_name => application_name, get_connect_timeout => connect_timeout,
        get_tcp_user_timeout => tcp_user_timeout, get_keepalives_interval => keepalives_interval,
        get_keepalives_retries => keepalives_retries
    );
    match config.get_hosts().get(number) {
        Some(Host::Tcp(host)) => {
            one.host(host);
        }
        #[cfg(unix)]
        Some(Host::Unix(folder)) => {
            one.host_path(folder);
        }
        None => {}
    }
    if let Some(address) = config.get_hostaddrs().get(number) {
        one.hostaddr(*address);
    }
    if let Some(port) = config.get_ports().get(number).or_else(|| config.get_ports().first()) {
        one.port(*port);
    }
    one.keepalives(config.get_keepalives())
        .keepalives_idle(config.get_keepalives_idle())
        .ssl_mode(config.get_ssl_mode())
        .ssl_negotiation(config.get_ssl_negotiation())
        .target_session_attrs(config.get_target_session_attrs())
        .channel_binding(config.get_channel_binding())
        .load_balance_hosts(config.get_load_balance_hosts());
    one
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const OPTIONS: &str = "user=ann password=secret dbname=shop options='-c geqo=off' application_name=shop sslmode=require \
                           sslnegotiation=direct connect_timeout=3 tcp_user_timeout=4 keepalives=1 keepalives_idle=5 \
                           keepalives_interval=6 keepalives_retries=7 target_session_attrs=read-write \
                           channel_binding=require";

    fn config(hosts: &str) -> Config {
        format!("{hosts} {OPTIONS}").parse().unwrap()
    }

    #[test]
    fn each_host_keeps_all_options() {
        let hosts = split(&config("host=one,two hostaddr=127.0.0.1,127.0.0.2 port=1,2"));
        assert!(hosts == [config("host=one hostaddr=127.0.0.1 port=1"), config("host=two hostaddr=127.0.0.2 port=2")]);
        assert!(split(&config("host=one,two port=1")) == [config("host=one port=1"), config("host=two port=1")]);
        for unchanged in [
            "host=one",
            "host=one,two port=1,2,3",
            "host=one,two hostaddr=127.0.0.1",
            "host=one,two load_balance_hosts=random",
        ] {
            assert!(split(&config(unchanged)) == [config(unchanged)], "{unchanged}");
        }
    }

    #[tokio::test]
    async fn a_host_that_does_not_respond_is_skipped_afterwards() {
        let limit = Duration::from_millis(200);
        let hosts = Hosts::new(&config("host=silent,other port=1"), limit);
        let open = async |config: Config| match config.get_hosts() {
            [Host::Tcp(host)] if host == "silent" => std::future::pending().await,
            _ => Ok(()),
        };
        let took = async || {
            let begin = Instant::now();
            hosts.first(open).await.unwrap();
            begin.elapsed()
        };
        assert!(took().await >= limit);
        assert!(took().await < limit);
    }
}

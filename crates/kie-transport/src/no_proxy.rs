//! The hosts that are reached without a proxy, as `NO_PROXY` lists them.

use std::net::IpAddr;

/// A list such as `localhost,.example.com,10.0.0.0/8,[2001:db8::1]:8443`, or `*` for all.
#[derive(Debug, Default)]
pub(crate) struct NoProxy(Vec<Rule>);

#[derive(Debug)]
struct Rule {
    hosts: Hosts,
    port: Option<u16>,
}

#[derive(Debug)]
enum Hosts {
    All,
    /// This address, or all whose first bits are the same.
    Net(IpAddr, u8),
    /// This name and all below it.
    Name(String),
}

impl NoProxy {
    /// Reads a list with commas or spaces between its entries.
    pub(crate) fn new(list: &str) -> Self {
        Self(list.split([',', ' ']).map(str::trim).filter(|entry| !entry.is_empty()).map(Rule::new).collect())
    }

    pub(crate) fn has(&self, host: &str, port: u16) -> bool {
        let host = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
        self.0.iter().any(|rule| rule.port.is_none_or(|only| only == port) && rule.hosts.have(host))
    }
}

impl Rule {
    fn new(entry: &str) -> Self {
        // More than one colon without brackets is an IPv6 address.
        let is_bare = entry.matches(':').count() > 1 && !entry.contains("]:");
        let (hosts, port) = match entry.rsplit_once(':') {
            Some((hosts, port)) if !is_bare && port.parse::<u16>().is_ok() => (hosts, port.parse().ok()),
            _ => (entry, None),
        };
        Self { hosts: Hosts::new(hosts.trim_start_matches('[').trim_end_matches(']')), port }
    }
}

impl Hosts {
    fn new(entry: &str) -> Self {
        if entry == "*" {
            return Self::All;
        }
        let (address, bits) = entry.split_once('/').map_or((entry, None), |(address, bits)| (address, Some(bits)));
        if let Ok(address) = address.parse::<IpAddr>() {
            let all = if address.is_ipv4() { 32 } else { 128 };
            if let Some(bits) = bits.map_or(Some(all), |bits| bits.parse().ok().filter(|bits| *bits <= all)) {
                return Self::Net(address, bits);
            }
        }
        let name = entry.strip_prefix("*.").unwrap_or(entry).trim_matches('.');
        Self::Name(name.to_ascii_lowercase())
    }

    fn have(&self, host: &str) -> bool {
        match self {
            Self::All => true,
            Self::Net(net, bits) => match (net, host.parse()) {
                (IpAddr::V4(net), Ok(IpAddr::V4(host))) => {
                    (net.to_bits() ^ host.to_bits()).checked_shr(32 - u32::from(*bits)).unwrap_or(0) == 0
                }
                (IpAddr::V6(net), Ok(IpAddr::V6(host))) => {
                    (net.to_bits() ^ host.to_bits()).checked_shr(128 - u32::from(*bits)).unwrap_or(0) == 0
                }
                _ => false,
            },
            Self::Name(name) => {
                let host = host.to_ascii_lowercase();
                host.strip_suffix(name.as_str()).is_some_and(|above| above.is_empty() || above.ends_with('.'))
                    && !name.is_empty()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_read_as_others_read_it() {
        #[rustfmt::skip]
        let rows = [
            // list                   host               port   reached without a proxy
            ("",                      "api.kie.ai",      443,   false),
            ("*",                     "api.kie.ai",      443,   true),
            ("api.kie.ai",            "API.kie.ai",      443,   true),
            ("API.KIE.AI",            "api.kie.ai.",     443,   true),
            ("kie.ai",                "api.kie.ai",      443,   true),
            (".kie.ai",               "api.kie.ai",      443,   true),
            (".kie.ai",               "kie.ai",          443,   true),
            ("*.kie.ai",              "api.kie.ai",      443,   true),
            ("kie.ai",                "notkie.ai",       443,   false),
            ("api.kie.ai",            "kie.ai",          443,   false),
            ("a, kie.ai ,b",          "api.kie.ai",      443,   true),
            ("a kie.ai",              "api.kie.ai",      443,   true),
            ("kie.ai:443",            "api.kie.ai",      443,   true),
            ("kie.ai:8443",           "api.kie.ai",      443,   false),
            ("10.1.2.3",              "10.1.2.3",        443,   true),
            ("10.1.2.3",              "10.1.2.30",       443,   false),
            ("10.1.2.3:80",           "10.1.2.3",        443,   false),
            ("10.0.0.0/8",            "10.200.3.4",      443,   true),
            ("10.0.0.0/8",            "11.0.0.1",        443,   false),
            ("10.1.2.3/0",            "192.0.2.1",       443,   true),
            ("10.1.2.3/33",           "10.1.2.3",        443,   false),
            ("0.0.0.0/0",             "kie.ai",          443,   false),
            ("2001:db8::/32",         "[2001:db8::7]",   443,   true),
            ("2001:db8::/32",         "[2001:db9::7]",   443,   false),
            ("::/0",                  "10.1.2.3",        443,   false),
            ("2001:db8::7",           "[2001:db8::7]",   443,   true),
            ("[2001:db8::7]:443",     "[2001:db8::7]",   443,   true),
            ("[2001:db8::7]:80",      "[2001:db8::7]",   443,   false),
            ("[2001:db8::7]",         "[2001:db8::7]",   443,   true),
            (".",                     "api.kie.ai",      443,   false),
        ];
        for (list, host, port, expected) in rows {
            assert_eq!(NoProxy::new(list).has(host, port), expected, "{list:?} {host}:{port}");
        }
    }
}

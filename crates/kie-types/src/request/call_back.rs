//! Callback addresses.

use std::net::IpAddr;

/// Callback address for a request that needs no callbacks, because its task is only polled.
///
/// Most operations refuse a request without a callback address. KIE's own web page sends this word in place of an
/// address, and the service then sends no callbacks. An unreachable address is no replacement for the word: the service
/// accepts such an address, but cannot deliver the callbacks, and can end the task with the status
/// `CALLBACK_EXCEPTION`. The documentation does not mention the word. The known reports about the word are for music
/// tasks.
///
/// ```
/// use kie_types::{Endpoint, GenerateMusic, Model, NO_CALLBACK};
///
/// let request = GenerateMusic::simple(Model::V5, "an idea").call_back_url(NO_CALLBACK);
/// request.validate()?;
/// # Ok::<(), kie_types::Invalid>(())
/// ```
pub const NO_CALLBACK: &str = "playground";

/// Endings of host names that only a local network knows, or that no host can have.
const LOCAL: [&str; 5] = ["localhost", "local", "internal", "home.arpa", "invalid"];

/// Returns the host of an address if the host cannot be reached from the internet: a loopback, private or link-local IP
/// address, a name without a dot, or a name with a local ending such as `.local`. Returns `None` for all other hosts,
/// and for a text that is not an `http` or `https` address. DNS is not used.
pub(super) fn unreachable_host(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    let host = match host.strip_prefix('[') {
        Some(address) => address.split(']').next()?,
        None => host.split(':').next()?,
    };
    let is_unreachable = match host.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(address)) => {
            let [first, second, ..] = address.octets();
            // 100.64.0.0/10 is the shared address space of network providers. 0.0.0.0/8 is "this network".
            let is_shared = first == 100 && second & 0xC0 == 64;
            address.is_loopback() || address.is_private() || address.is_link_local() || is_shared || first == 0
        }
        Ok(IpAddr::V6(address)) => {
            address.is_loopback()
                || address.is_unspecified()
                || address.is_unique_local()
                || address.is_unicast_link_local()
        }
        Err(_) => {
            let name = host.trim_end_matches('.').to_ascii_lowercase();
            let is_below = |ending: &&str| name.strip_suffix(*ending).is_some_and(|before| before.ends_with('.'));
            !name.contains('.') || LOCAL.iter().any(is_below)
        }
    };
    is_unreachable.then_some(host)
}

#[cfg(test)]
mod tests {
    use super::unreachable_host;

    #[test]
    fn a_host_of_the_own_network_cannot_be_reached_from_the_internet() {
        for host in [
            "localhost",
            "LocalHost.",
            "app.localhost",
            "127.0.0.1",
            "127.8.8.8",
            "0.0.0.0",
            "10.0.0.7",
            "172.16.0.1",
            "192.168.1.2",
            "169.254.169.254",
            "100.64.0.1",
            "[::1]",
            "[::]",
            "[fe80::1]",
            "[fd00::1]",
            "[::ffff:10.0.0.1]",
            "intranet",
            "printer.local",
            "db.prod.internal",
            "nas.home.arpa",
            "callback.invalid",
        ] {
            for url in [format!("http://{host}"), format!("https://{host}:8080/kie?a=b"), format!("http://a:b@{host}/")]
            {
                assert_eq!(unreachable_host(&url), Some(host.trim_matches(['[', ']'])), "{url}");
            }
        }
    }

    #[test]
    fn a_public_host_can_be_reached() {
        for url in [
            "https://hooks.example.net/kie",
            "http://192.0.2.1:8080/",
            "http://172.32.0.1",
            "http://100.128.0.1",
            "http://[2001:db8::1]/",
            "https://localhost.example.net/",
            "https://mylocal.net",
            "https://hooks.example.net/?to=http://localhost",
            "playground",
            "localhost:3000",
            "",
        ] {
            assert_eq!(unreachable_host(url), None, "{url}");
        }
    }
}

//! Route to a host: direct, or through a proxy. The type `Matcher` of hyper-util reads the proxy's address and
//! `NO_PROXY`.

use std::{fmt, sync::Arc};

use http::{HeaderValue, Uri};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};

use crate::{
    error::{ConfigError, Error, ErrorKind},
    exchange::address::{is_loopback_host, push_encoded},
    net::origin::Origin,
};

const NO_ADDRESS: &str = "the proxy's address is not an http, https or SOCKS address";

/// Route of requests. Only requests to https addresses of other machines use a proxy.
#[derive(Clone, Default)]
pub(crate) enum ProxyRoute {
    #[default]
    Direct,
    Matched(Arc<Matcher>),
    /// An environment variable names an invalid proxy. Only requests that should use this proxy fail.
    Invalid {
        why: &'static str,
        matcher: Arc<Matcher>,
    },
}

/// A proxy and its protocol.
pub(crate) struct Proxy {
    pub(crate) protocol: Protocol,
    pub(crate) port: u16,
    matched: Intercept,
}

/// Protocol of a proxy. The scheme of the proxy's address has the same name. Proxies of `Socks4a` and `Socks5h` resolve
/// host names themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http,
    Https,
    Socks4,
    Socks4a,
    Socks5,
    Socks5h,
}

impl ProxyRoute {
    /// Uses the proxy at this address, and ignores the environment variables.
    pub(crate) fn through(url: &str) -> Result<Self, ConfigError> {
        check(url).map_err(|why| ConfigError::new("proxy", why))?;
        Ok(Self::Matched(matcher(url, "")))
    }

    /// Uses the proxy of the environment variables. If they name no proxy and the feature `system-proxy` is on, uses
    /// the settings of this machine.
    pub(crate) fn of_process() -> Self {
        Self::of_environment(|name| std::env::var(name).ok()).unwrap_or_else(Self::of_machine)
    }

    /// Reads the variables `HTTPS_PROXY` or `ALL_PROXY`, and `NO_PROXY`, with names in lower or upper case. Returns
    /// `None` if the variables name no proxy.
    fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let first = |names: &[&str]| names.iter().find_map(|name| variable(name).filter(|value| !value.is_empty()));
        let url = first(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])?;
        let except = first(&["no_proxy", "NO_PROXY"]).unwrap_or_default();
        Some(match check(&url) {
            Ok(()) => Self::Matched(matcher(&url, &except)),
            Err(why) => Self::Invalid { why, matcher: matcher("barred.invalid", &except) },
        })
    }

    #[cfg(feature = "system-proxy")]
    fn of_machine() -> Self {
        Self::Matched(Arc::new(Matcher::from_system()))
    }

    #[cfg(not(feature = "system-proxy"))]
    fn of_machine() -> Self {
        Self::Direct
    }

    /// Returns the proxy for an origin, or `None` for a direct connection.
    pub(crate) fn to(&self, origin: &Origin) -> Result<Option<Proxy>, Error> {
        let (Self::Matched(matcher) | Self::Invalid { matcher, .. }) = self else { return Ok(None) };
        if !origin.tls || is_loopback_host(origin.host()) {
            return Ok(None);
        }
        let host = origin.host().trim_end_matches('.');
        let destination = Uri::builder().scheme("https").authority(host).path_and_query("/").build();
        let destination =
            destination.map_err(|error| Error::new(ErrorKind::Setup, "this is not a host").with_source(error))?;
        let proxy = match (matcher.intercept(&destination), self) {
            (None, _) => return Ok(None),
            (Some(_), Self::Invalid { why, .. }) => Err(*why),
            (Some(matched), _) => Proxy::of(matched),
        };
        proxy.map(Some).map_err(|why| Error::new(ErrorKind::Setup, why))
    }
}

/// Checks the address of a proxy, because hyper-util's `Matcher` reports no errors. Returns the broken rule as an
/// error.
fn check(url: &str) -> Result<(), &'static str> {
    let any = Uri::from_static("https://host.invalid/");
    matcher(url, "").intercept(&any).ok_or(NO_ADDRESS).and_then(Proxy::of).map(drop)
}

fn matcher(url: &str, except: &str) -> Arc<Matcher> {
    Arc::new(Matcher::builder().https(normalized_url(url)).no(normalized_list(except)).build())
}

/// Returns the address of a proxy as hyper-util's `Matcher` expects it. An address without a scheme gets the scheme
/// http. The user and password are percent-encoded.
fn normalized_url(url: &str) -> String {
    let (scheme, rest) = url.trim().split_once("://").unwrap_or(("http", url.trim()));
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let mut normalized = scheme.to_ascii_lowercase() + "://";
    let host = match rest[..end].rsplit_once('@') {
        Some((user, host)) => {
            let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:%".contains(&byte);
            push_encoded(&mut normalized, user, is_plain);
            normalized.push('@');
            host
        }
        None => &rest[..end],
    };
    normalized + host + "/"
}

/// Returns the list `NO_PROXY` as hyper-util's `Matcher` expects it: with commas, and without a `*.` at the beginning,
/// a dot at the end, and brackets.
fn normalized_list(except: &str) -> String {
    let bare = |entry: &str| {
        let entry = entry.strip_prefix("*.").unwrap_or(entry).trim_end_matches('.');
        entry.trim_start_matches('[').trim_end_matches(']').to_owned()
    };
    except.split([',', ' ']).map(bare).collect::<Vec<_>>().join(",")
}

impl Proxy {
    fn of(matched: Intercept) -> Result<Self, &'static str> {
        let (protocol, usual) = match matched.uri().scheme_str() {
            Some("http") => (Protocol::Http, 80),
            Some("https") => (Protocol::Https, 443),
            Some("socks4") => (Protocol::Socks4, 1080),
            Some("socks4a") => (Protocol::Socks4a, 1080),
            Some("socks5") => (Protocol::Socks5, 1080),
            Some("socks5h") => (Protocol::Socks5h, 1080),
            _ => return Err(NO_ADDRESS),
        };
        let authority = matched.uri().authority().ok_or(NO_ADDRESS)?;
        let port = match authority.as_str().strip_prefix(authority.host()) {
            _ if authority.host().is_empty() => None,
            Some("") => Some(usual),
            Some(_) => authority.port_u16(),
            None => None,
        };
        let port = port.ok_or(NO_ADDRESS)?;
        match (protocol, matched.raw_auth()) {
            (Protocol::Socks4 | Protocol::Socks4a, Some(_)) => {
                Err("a SOCKS4 proxy takes no user and password: SOCKS5 does")
            }
            // SOCKS5 sends the length of the user and of the password as one byte each.
            (_, Some((user, password))) if user.len().max(password.len()) > 255 => {
                Err("the user or the password is too long for a SOCKS proxy")
            }
            _ => Ok(Self { protocol, port, matched }),
        }
    }

    /// Returns the host of the proxy. An IPv6 address is in brackets.
    pub(crate) fn host(&self) -> &str {
        self.matched.uri().host().unwrap_or_default()
    }

    /// Returns the user and password for an HTTP proxy, as the value of a header with the scheme `Basic`.
    pub(crate) fn basic(&self) -> Option<&HeaderValue> {
        self.matched.basic_auth()
    }

    /// Returns the user and the password for a SOCKS proxy, in this order.
    pub(crate) fn credentials(&self) -> Option<(&str, &str)> {
        self.matched.raw_auth()
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.matched.uri().scheme_str().unwrap_or_default();
        write!(f, "Proxy({scheme}://{}:{})", self.host(), self.port)
    }
}

/// Prints the kind of route without the proxy's address, because the address may contain a password.
impl fmt::Debug for ProxyRoute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Direct => "Direct",
            Self::Matched(_) => "Matched",
            Self::Invalid { .. } => "Invalid",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(route: &ProxyRoute, uri: &str) -> Result<Option<String>, ErrorKind> {
        let origin = Origin::of(&uri.parse().unwrap(), None, 1).unwrap();
        route.to(&origin).map(|proxy| proxy.map(|proxy| format!("{proxy:?}"))).map_err(|error| error.kind())
    }

    fn environment(variables: &[(&str, &str)]) -> ProxyRoute {
        ProxyRoute::of_environment(|name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).into())
        })
        .unwrap_or_default()
    }

    #[test]
    fn the_environment_is_respected() {
        let proxy = |text: &str| Ok(Some(format!("Proxy({text})")));
        type Row<'a> = (&'a [(&'a str, &'a str)], &'a str, Result<Option<String>, ErrorKind>);
        #[rustfmt::skip]
        let rows: [Row<'_>; 19] = [
            (&[],                                                            "https://api.kie.ai", Ok(None)),
            (&[("HTTP_PROXY", "http://p:1")],                                "https://api.kie.ai", Ok(None)),
            (&[("HTTPS_PROXY", "http://p:1")],                               "https://api.kie.ai", proxy("http://p:1")),
            (&[("HTTPS_PROXY", "")],                                         "https://api.kie.ai", Ok(None)),
            (&[("HTTPS_PROXY", "http://p:1"), ("https_proxy", "p:2")],       "https://api.kie.ai", proxy("http://p:2")),
            (&[("HTTPS_PROXY", " http://p:1 ")],                             "https://api.kie.ai", proxy("http://p:1")),
            (&[("ALL_PROXY", "https://p")],                                  "https://api.kie.ai", proxy("https://p:443")),
            (&[("all_proxy", "p"), ("HTTPS_PROXY", "HTTPS://[::2]:3/x")],    "https://api.kie.ai", proxy("https://[::2]:3")),
            (&[("HTTPS_PROXY", "p:1"), ("NO_PROXY", "kie.ai")],              "https://api.kie.ai", Ok(None)),
            (&[("HTTPS_PROXY", "p:1"), ("no_proxy", "api.kie.ai:8443")],     "https://api.kie.ai", proxy("http://p:1")),
            (&[("HTTPS_PROXY", "p:1")],                                      "http://localhost",   Ok(None)),
            (&[("HTTPS_PROXY", "p:1")],                                      "https://[::1]:4",    Ok(None)),
            (&[("ALL_PROXY", "socks5://p:1")],                               "https://api.kie.ai", proxy("socks5://p:1")),
            (&[("ALL_PROXY", "SOCKS5H://p")],                                "https://api.kie.ai", proxy("socks5h://p:1080")),
            (&[("ALL_PROXY", "socks4a://p")],                                "https://api.kie.ai", proxy("socks4a://p:1080")),
            (&[("HTTPS_PROXY", "socks5://p:1")],                             "https://127.0.0.1",  Ok(None)),
            (&[("HTTPS_PROXY", "ftp://p:1")],                                "https://api.kie.ai", Err(ErrorKind::Setup)),
            (&[("HTTPS_PROXY", "ftp://p:1")],                                "https://127.0.0.1",  Ok(None)),
            (&[("HTTPS_PROXY", "ftp://p:1"), ("NO_PROXY", "*")],             "https://api.kie.ai", Ok(None)),
        ];
        for (variables, uri, expected) in rows {
            assert_eq!(to(&environment(variables), uri), expected, "{variables:?} {uri}");
        }
    }

    #[test]
    fn no_proxy_is_read_as_by_other_programs() {
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
            // An entry with a port is ignored, even if it is the port of the request.
            ("kie.ai:443",            "api.kie.ai",      443,   false),
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
            ("[2001:db8::7]:443",     "[2001:db8::7]",   443,   false),
            ("[2001:db8::7]:80",      "[2001:db8::7]",   443,   false),
            ("[2001:db8::7]",         "[2001:db8::7]",   443,   true),
            (".",                     "api.kie.ai",      443,   false),
        ];
        for (list, host, port, expected) in rows {
            let route = environment(&[("HTTPS_PROXY", "p:1"), ("NO_PROXY", list)]);
            let is_direct = to(&route, &format!("https://{host}:{port}")).unwrap().is_none();
            assert_eq!(is_direct, expected, "{list:?} {host}:{port}");
        }
    }

    #[test]
    fn credentials_are_decoded_for_the_proxy_and_never_printed() {
        let proxy = |url: &str| {
            let route = ProxyRoute::through(url).unwrap();
            let origin = Origin::of(&"https://api.kie.ai".parse().unwrap(), None, 1).unwrap();
            let proxy = route.to(&origin).unwrap().unwrap();
            let shown = format!("{route:?} {proxy:?} {:?}", proxy.matched);
            assert!(!shown.contains("us") && !shown.contains("ss"), "{shown}");
            proxy
        };
        let http = proxy("http://us%40er:p%3aw@ss%zz@proxy.example");
        // The expected value has the decoded user and password, `us@er:p:w@ss%zz`, in Base64.
        assert_eq!(http.basic().unwrap(), "Basic dXNAZXI6cDp3QHNzJXp6");
        assert_eq!(format!("{http:?}"), "Proxy(http://proxy.example:80)");
        let odd = proxy("https://us|er:[pä ss]@proxy.example");
        // The expected value has the user and password, `us|er:[pä ss]`, in Base64.
        assert_eq!(odd.basic().unwrap(), "Basic dXN8ZXI6W3DDpCBzc10=");
        let lone = proxy("http://us@proxy.example");
        assert_eq!(lone.basic().unwrap(), "Basic dXM6");
        assert_eq!(lone.credentials(), None);
    }

    #[test]
    fn an_invalid_proxy_is_reported_at_once() {
        let long = format!("socks5://{}:secret@p", "u".repeat(256));
        for url in [
            "",
            "socks://p:1",
            "socks4://user:secret@p:1",
            &long,
            "ftp://p",
            "http://",
            "http://a b",
            "http://user:secret@",
            "http://user:secret@:1",
            "http://p:",
            "http://p:99999",
        ] {
            let error = ProxyRoute::through(url).unwrap_err();
            assert_eq!(error.field(), "proxy", "{url}");
            assert!(!format!("{error} {error:?}").contains("secret"));
        }
    }
}

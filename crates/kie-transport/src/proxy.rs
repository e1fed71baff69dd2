//! The way to a host: straight, or through a proxy.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::Uri;

use crate::{
    address::is_loopback_host,
    error::{Error, ErrorKind},
    no_proxy::NoProxy,
    origin::Origin,
};

/// An HTTP proxy, itself reached over TLS or not.
pub(crate) struct Proxy {
    pub(crate) tls: bool,
    pub(crate) host: String,
    pub(crate) port: u16,
    /// User and password, as the scheme `Basic` writes them.
    pub(crate) credentials: Option<String>,
}

/// Which way requests go. Only what goes to https addresses of other machines ever goes through a proxy.
#[derive(Debug, Default)]
pub(crate) enum Way {
    #[default]
    Straight,
    Through {
        proxy: Proxy,
        except: NoProxy,
    },
    /// What is wrong with the proxy of the environment. It stops only those requests that should go through it.
    Barred {
        why: &'static str,
        except: NoProxy,
    },
}

impl Way {
    /// Through the proxy at this address, whatever the environment says.
    pub(crate) fn through(url: &str) -> Result<Self, Error> {
        let proxy = Proxy::at(url).map_err(|why| Error::new(ErrorKind::Setup, why))?;
        Ok(Self::Through { proxy, except: NoProxy::default() })
    }

    /// As the environment says: `HTTPS_PROXY` or `ALL_PROXY`, and `NO_PROXY`, in small letters or capitals.
    pub(crate) fn of_environment(variable: impl Fn(&str) -> Option<String>) -> Self {
        let first = |names: &[&str]| names.iter().find_map(|name| variable(name).filter(|value| !value.is_empty()));
        let Some(url) = first(&["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]) else {
            return Self::Straight;
        };
        let except = first(&["no_proxy", "NO_PROXY"]).map(|list| NoProxy::new(&list)).unwrap_or_default();
        match Proxy::at(url.trim()) {
            Ok(proxy) => Self::Through { proxy, except },
            Err(why) => Self::Barred { why, except },
        }
    }

    /// The proxy through which an origin is reached, if it is not reached straight.
    pub(crate) fn to(&self, origin: &Origin) -> Result<Option<&Proxy>, Error> {
        let is_straight =
            |except: &NoProxy| !origin.tls || is_loopback_host(origin.host()) || except.has(origin.host(), origin.port);
        match self {
            Self::Straight => Ok(None),
            Self::Through { except, .. } | Self::Barred { except, .. } if is_straight(except) => Ok(None),
            Self::Through { proxy, .. } => Ok(Some(proxy)),
            Self::Barred { why, .. } => Err(Error::new(ErrorKind::Setup, *why)),
        }
    }
}

impl Proxy {
    /// The proxy at an address such as `http://user:password@host:3128`. Without a scheme it is http.
    fn at(url: &str) -> Result<Self, &'static str> {
        const NO_ADDRESS: &str = "the proxy's address is not an http or https address";
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
        let tls = match scheme.to_ascii_lowercase().as_str() {
            "http" => false,
            "https" => true,
            "socks" | "socks4" | "socks4a" | "socks5" | "socks5h" => {
                return Err("SOCKS proxies are not spoken to: the proxy must be an http or https one");
            }
            _ => return Err(NO_ADDRESS),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (user, authority) = match rest[..end].rsplit_once('@') {
            Some((user, authority)) => (Some(user), authority),
            None => (None, &rest[..end]),
        };
        let uri: Uri = format!("http://{authority}/").parse().map_err(|_| NO_ADDRESS)?;
        let host = uri.host().filter(|host| !host.is_empty()).ok_or(NO_ADDRESS)?.to_owned();
        let port = match uri.port_u16() {
            None if authority == host => {
                if tls {
                    443
                } else {
                    80
                }
            }
            port => port.ok_or(NO_ADDRESS)?,
        };
        let credentials = user.map(|user| {
            let (name, password) = user.split_once(':').unwrap_or((user, ""));
            STANDARD.encode([decoded(name), b":".to_vec(), decoded(password)].concat())
        });
        Ok(Self { tls, host, port, credentials })
    }
}

/// Undoes percent-encoding; what is not encoded well stays as it is.
fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let byte = hex.filter(|_| first == b'%').and_then(|two| u8::from_str_radix(two, 16).ok());
        bytes.push(byte.unwrap_or(first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    bytes
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "https" } else { "http" };
        write!(f, "Proxy({scheme}://{}:{})", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(way: &Way, uri: &str) -> Result<Option<String>, ErrorKind> {
        let origin = Origin::of(&uri.parse().unwrap(), 1).unwrap();
        way.to(&origin).map(|proxy| proxy.map(|proxy| format!("{proxy:?}"))).map_err(|error| error.kind())
    }

    fn environment(variables: &[(&str, &str)]) -> Way {
        Way::of_environment(|name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).into()))
    }

    #[test]
    fn the_environment_is_kept_to() {
        let proxy = |text: &str| Ok(Some(format!("Proxy({text})")));
        type Row<'a> = (&'a [(&'a str, &'a str)], &'a str, Result<Option<String>, ErrorKind>);
        #[rustfmt::skip]
        let rows: [Row<'_>; 14] = [
            (&[],                                                            "https://api.kie.ai", Ok(None)),
            (&[("HTTP_PROXY", "http://p:1")],                                "https://api.kie.ai", Ok(None)),
            (&[("HTTPS_PROXY", "http://p:1")],                               "https://api.kie.ai", proxy("http://p:1")),
            (&[("HTTPS_PROXY", "")],                                         "https://api.kie.ai", Ok(None)),
            (&[("HTTPS_PROXY", "http://p:1"), ("https_proxy", "p:2")],       "https://api.kie.ai", proxy("http://p:2")),
            (&[("ALL_PROXY", "https://p")],                                  "https://api.kie.ai", proxy("https://p:443")),
            (&[("all_proxy", "p"), ("HTTPS_PROXY", "HTTPS://[::2]:3/x")],    "https://api.kie.ai", proxy("https://[::2]:3")),
            (&[("HTTPS_PROXY", "p:1"), ("NO_PROXY", "kie.ai")],              "https://api.kie.ai", Ok(None)),
            (&[("HTTPS_PROXY", "p:1"), ("no_proxy", "api.kie.ai:8443")],     "https://api.kie.ai", proxy("http://p:1")),
            (&[("HTTPS_PROXY", "p:1")],                                      "http://localhost",   Ok(None)),
            (&[("HTTPS_PROXY", "p:1")],                                      "https://[::1]:4",    Ok(None)),
            (&[("HTTPS_PROXY", "socks5://p:1")],                             "https://api.kie.ai", Err(ErrorKind::Setup)),
            (&[("HTTPS_PROXY", "socks5://p:1")],                             "https://127.0.0.1",  Ok(None)),
            (&[("HTTPS_PROXY", "ftp://p:1"), ("NO_PROXY", "*")],             "https://api.kie.ai", Ok(None)),
        ];
        for (variables, uri, expected) in rows {
            assert_eq!(to(&environment(variables), uri), expected, "{variables:?} {uri}");
        }
    }

    #[test]
    fn credentials_are_decoded_for_the_proxy_and_shown_to_nobody() {
        let proxy = Proxy::at("http://us%40er:p%3aw@ss%zz@proxy.example").unwrap();
        assert_eq!(STANDARD.decode(proxy.credentials.as_ref().unwrap()).unwrap(), b"us@er:p:w@ss%zz");
        assert_eq!(format!("{proxy:?}"), "Proxy(http://proxy.example:80)");
    }

    #[test]
    fn what_is_no_proxy_is_said_at_once() {
        for url in ["", "socks5://p:1", "ftp://p", "http://", "http://a b", "http://user:secret@", "http://p:99999"] {
            let error = Way::through(url).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Setup, "{url}");
            assert!(!format!("{error} {error:?}").contains("secret"));
        }
    }
}

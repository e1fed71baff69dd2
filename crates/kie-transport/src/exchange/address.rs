//! Addresses of calls and files: https, or http on a loopback address.

use std::{fmt, net::IpAddr, str::FromStr};

use bytes::Bytes;
use http::{
    Uri,
    uri::{InvalidUri, PathAndQuery},
};

use iri_string::types::{UriAbsoluteStr, UriReferenceStr};

use crate::error::{ConfigError, Error, ErrorKind};

/// The address of an API, such as `https://api.example.com`. The paths of calls are added to it.
///
/// The address is https, or plain http on a loopback address, so that the API key cannot be read on the network.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl {
    base: Uri,
    prefix: String,
}

impl BaseUrl {
    /// Returns the full address of a path. The path begins with `/` and may have a query.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Setup`] if the path is not valid in an address.
    pub fn join(&self, path: impl Into<Bytes>) -> Result<Uri, Error> {
        let mut path = path.into();
        if !self.prefix.is_empty() {
            path = [self.prefix.as_bytes(), &path].concat().into();
        }
        let path = PathAndQuery::from_maybe_shared(path);
        let mut parts = self.base.clone().into_parts();
        parts.path_and_query = Some(path.map_err(|error| Error::new(ErrorKind::Setup, NO_ADDRESS).with_source(error))?);
        Uri::from_parts(parts).map_err(|error| Error::new(ErrorKind::Setup, NO_ADDRESS).with_source(error))
    }
}

impl FromStr for BaseUrl {
    /// Error that names the setting `base_url` and the broken rule.
    type Err = ConfigError;

    fn from_str(url: &str) -> Result<Self, ConfigError> {
        let base = read(url.trim()).map_err(|error| match error.source {
            None => ConfigError::new("base_url", error.rule),
            Some(source) => ConfigError::new("base_url", error.rule).with_source(source),
        })?;
        let prefix = base.path().trim_end_matches('/').to_owned();
        Ok(Self { base, prefix })
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.base.scheme_str().unwrap_or("https");
        let authority = self.base.authority().map_or("", |authority| authority.as_str());
        write!(f, "{scheme}://{authority}{}", self.prefix)
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({self})")
    }
}

impl BaseUrl {
    /// Returns `true` if the host is `localhost` or a loopback IP address.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.base)
    }
}

/// Returns the address in the `Location` header of a redirect. `from` is the address that sent the redirect. A relative
/// `location` is resolved against `from` as RFC 3986 requires.
pub(crate) fn redirect_target(from: &Uri, location: &str) -> Result<Uri, Error> {
    let (from, location) = (strict(&from.to_string()), strict(location));
    let resolved = UriAbsoluteStr::new(&from)
        .and_then(|from| Ok(UriReferenceStr::new(&location)?.resolve_against(from).to_string()))
        .map_err(|error| Error::new(ErrorKind::Setup, NO_ADDRESS).with_source(error))?;
    address(&resolved)
}

/// Percent-encodes characters that RFC 3986 does not allow in an address. Browsers accept `[`, `]` and a single `%` in
/// a path.
fn strict(url: &str) -> String {
    let url = escaped(url);
    if UriReferenceStr::new(&url).is_ok() {
        return url;
    }
    let mut out = String::new();
    push_encoded(&mut out, &url, |byte| !b"[]%".contains(&byte));
    out
}

/// Parses the address of a file. The address must be https, or http on a loopback address. It must not contain a user
/// or a password.
pub(crate) fn address(url: &str) -> Result<Uri, Error> {
    read(url).map_err(|error| match error.source {
        None => Error::new(ErrorKind::Setup, error.rule),
        Some(source) => Error::new(ErrorKind::Setup, error.rule).with_source(source),
    })
}

/// Reason for refusing an address.
struct AddressError {
    rule: &'static str,
    source: Option<InvalidUri>,
}

impl From<&'static str> for AddressError {
    fn from(rule: &'static str) -> Self {
        Self { rule, source: None }
    }
}

const NO_ADDRESS: &str = "this is not an http or https address";

fn read(url: &str) -> Result<Uri, AddressError> {
    let uri = Uri::from_str(&escaped(url)).map_err(|error| AddressError { rule: NO_ADDRESS, source: Some(error) })?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(NO_ADDRESS.into());
    };
    if authority.as_str().contains('@') {
        return Err("an address must not contain a user or password".into());
    }
    // An IPv6 address with a zone, such as `[fe80::1%25eth0]`, names a network of this machine.
    if uri.host().is_some_and(|host| host.starts_with('[') && literal(host).is_none()) {
        return Err(NO_ADDRESS.into());
    }
    // Some resolvers read hosts such as `127.1` and `2130706433` as IP addresses, but the function `literal` does not
    // recognise them. So a host is refused if its last label starts with a digit and the host is not an IP address that
    // `literal` recognises. No real host name has such a last label.
    let last = uri.host().unwrap_or_default().trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    if last.starts_with(|c: char| c.is_ascii_digit()) && literal(uri.host().unwrap_or_default()).is_none() {
        return Err(NO_ADDRESS.into());
    }
    match scheme {
        "https" => Ok(uri),
        "http" if is_loopback(&uri) => Ok(uri),
        "http" => Err("plain http is used on loopback addresses only".into()),
        _ => Err(NO_ADDRESS.into()),
    }
}

pub(crate) fn is_loopback(uri: &Uri) -> bool {
    is_loopback_host(uri.host().unwrap_or_default())
}

pub(crate) fn is_loopback_host(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || literal(host).is_some_and(|address| address.is_loopback())
}

/// Returns the IP address if the host is an IP address, or `None` if the host is a name. An IPv4 address that is
/// written as an IPv6 address is returned as IPv4.
pub(crate) fn literal(host: &str) -> Option<IpAddr> {
    let host = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
    host.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

/// Percent-encodes characters that are not allowed in an address. Links of the service sometimes contain spaces.
fn escaped(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    push_encoded(&mut out, url, |byte| byte.is_ascii_graphic() && !br#""<>\^`{|}"#.contains(&byte));
    out
}

/// Appends a text to `out`, and percent-encodes all bytes for which `is_plain` is `false`. `is_plain` must return
/// `false` for all bytes that are not ASCII.
pub(crate) fn push_encoded(out: &mut String, text: &str, is_plain: impl Fn(u8) -> bool) {
    use fmt::Write as _;
    // Most ids and names need no encoding, and are appended in one step.
    if text.bytes().all(&is_plain) {
        return out.push_str(text);
    }
    for byte in text.bytes() {
        if is_plain(byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_is_allowed_except_on_this_machine() {
        for good in
            ["https://api.kie.ai", "http://127.0.0.1:8080/", "http://localhost:1", "http://[::1]:9", "https://h/p/"]
        {
            assert!(good.parse::<BaseUrl>().is_ok(), "{good}");
        }
        for bad in ["http://api.kie.ai", "http://127.0.0.1.evil.example", "ftp://h", "api.kie.ai", "https://u:p@h", ""]
        {
            assert_eq!(bad.parse::<BaseUrl>().unwrap_err().field(), "base_url", "{bad}");
        }
    }

    #[test]
    fn addresses_that_resolvers_read_as_numbers_are_refused() {
        for loopback in ["localhost", "127.0.0.1", "127.9.9.9", "[::1]", "[::ffff:127.0.0.1]", "127.0.0.1."] {
            assert!(is_loopback(&address(&format!("https://{loopback}/x")).unwrap()), "{loopback}");
        }
        for number in [
            "127.1",
            "2130706433",
            "0x7f.0.0.1",
            "0177.0.0.1",
            "10.0.1",
            "1.2.3.4.5",
            "[fe80::1%25eth0]",
            "[fe80::1%eth0]",
            "[v1.fe80::a]",
            "[127.0.0.1",
        ] {
            assert!(address(&format!("https://{number}/x")).is_err(), "{number}");
        }
    }

    #[test]
    fn joins_a_prefix_and_a_path() {
        let base: BaseUrl = "https://proxy.example/kie/".parse().unwrap();
        assert_eq!(base.join("/api/v1/generate").unwrap(), "https://proxy.example/kie/api/v1/generate");
    }

    #[test]
    fn links_with_spaces_are_accepted() {
        let uri = address("https://cdn.example.net/a_Lead Vocal ü.mp3?x=1").unwrap();
        assert_eq!(uri, "https://cdn.example.net/a_Lead%20Vocal%20%C3%BC.mp3?x=1");
    }

    #[test]
    fn follows_every_form_of_a_location() {
        let from: Uri = "https://cdn.example/a/b.mp3?x=1".parse().unwrap();
        for (location, expected) in [
            ("https://other.example/c.mp3", "https://other.example/c.mp3"),
            ("//other.example/c.mp3", "https://other.example/c.mp3"),
            ("/c.mp3?y=2", "https://cdn.example/c.mp3?y=2"),
            ("c.mp3", "https://cdn.example/a/c.mp3"),
            ("", "https://cdn.example/a/b.mp3?x=1"),
            ("?sig=2", "https://cdn.example/a/b.mp3?sig=2"),
            ("../c.mp3", "https://cdn.example/c.mp3"),
            ("./../../c d.mp3#t=1", "https://cdn.example/c%20d.mp3"),
            ("/d?src=https://cdn.example/x.mp3", "https://cdn.example/d?src=https://cdn.example/x.mp3"),
            ("d?src=https://cdn.example/x.mp3", "https://cdn.example/a/d?src=https://cdn.example/x.mp3"),
            ("HTTPS://other.example/c[1].mp3", "https://other.example/c%5B1%5D.mp3"),
            ("/100%.mp3", "https://cdn.example/100%25.mp3"),
            ("https://[2606:4700::1]/c.mp3", "https://[2606:4700::1]/c.mp3"),
        ] {
            assert_eq!(redirect_target(&from, location).unwrap(), expected);
        }
        for refused in ["http://other.example/c.mp3", "mailto:x", "https:c.mp3", "file:///etc/passwd", "https://"] {
            assert!(redirect_target(&from, refused).is_err(), "{refused}");
        }
    }
}

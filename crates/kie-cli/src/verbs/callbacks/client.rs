//! The client that sends callbacks to a receiver.

use std::{collections::BTreeMap, fmt, str::FromStr, time::Duration};

use kie_suno::transport::{
    BaseUrl, Body, HttpService as _, Pool,
    bytes::Bytes,
    http::{Request, Uri, uri::PathAndQuery},
};
use tokio::time::timeout;

use crate::output::with_causes;

use super::documents::Answer;

/// Time in which the receiver must accept the connection.
const CONNECT: Duration = Duration::from_secs(10);

/// Time in which the receiver must respond. The service waits as long for the response to a callback.
const RESPONSE: Duration = Duration::from_secs(15);

/// Address of a receiver: https, or http on a loopback address.
#[derive(Debug, Clone)]
pub(crate) struct ReceiverUrl(Uri);

impl FromStr for ReceiverUrl {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, String> {
        let url = url.trim();
        url.parse::<BaseUrl>().map_err(|error| match with_causes(&error).split_once(": ") {
            Some((_, rule)) => rule.to_owned(),
            None => error.to_string(),
        })?;
        url.parse().map(Self).map_err(|error| format!("{error}"))
    }
}

impl fmt::Display for ReceiverUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ReceiverUrl {
    /// Returns the address with a query, which follows a query that the address has already.
    fn with_query(&self, query: Option<&str>) -> Uri {
        let Some(query) = query else { return self.0.clone() };
        let mut parts = self.0.clone().into_parts();
        let path = parts.path_and_query.as_ref().map_or("/", PathAndQuery::as_str);
        let separator = if path.contains('?') { '&' } else { '?' };
        parts.path_and_query = format!("{path}{separator}{query}").parse().ok();
        Uri::from_parts(parts).unwrap_or_else(|_| self.0.clone())
    }
}

/// Sends callbacks. Redirects are not followed, and no request is repeated.
#[derive(Debug)]
pub(super) struct CallbackClient(Pool);

impl CallbackClient {
    pub(super) fn new() -> Self {
        Self(Pool::new(CONNECT))
    }

    /// Sends a callback once.
    pub(super) async fn post(
        &self,
        receiver: &ReceiverUrl,
        query: Option<&str>,
        headers: &BTreeMap<String, String>,
        body: Bytes,
    ) -> Answer {
        let failed = |error: String| Answer { status: None, error: Some(error) };
        let mut request = Request::post(receiver.with_query(query));
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let request = match request.body(Body::from(body)) {
            Ok(request) => request,
            Err(error) => return failed(error.to_string()),
        };
        match timeout(RESPONSE, self.0.call(request)).await {
            Ok(Ok(response)) => Answer { status: Some(response.status().as_u16()), error: None },
            Ok(Err(error)) => failed(with_causes(&error)),
            Err(_) => failed(format!("no response within {} seconds", RESPONSE.as_secs())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_is_https_or_on_this_machine() {
        for good in ["http://127.0.0.1:3000/kie", "http://localhost/", "https://music.example/kie?team=7"] {
            assert_eq!(good.parse::<ReceiverUrl>().map(|receiver| receiver.to_string()), Ok(good.to_owned()));
        }
        for bad in ["http://music.example/", "music.example", "ftp://127.0.0.1/", ""] {
            assert!(bad.parse::<ReceiverUrl>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_query_of_a_callback_is_added() {
        let with = |url: &str, query| url.parse::<ReceiverUrl>().map(|it| it.with_query(query).to_string());
        assert_eq!(with("http://127.0.0.1:3000", Some("a=1")), Ok("http://127.0.0.1:3000/?a=1".to_owned()));
        assert_eq!(with("https://h.example/k?b=2", Some("a=1")), Ok("https://h.example/k?b=2&a=1".to_owned()));
        assert_eq!(with("https://h.example/k", None), Ok("https://h.example/k".to_owned()));
    }
}

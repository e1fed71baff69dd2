//! One call of a JSON API, with its content.

use std::fmt;

use bytes::Bytes;
use http::{Method, Uri};

use crate::{
    call::{permit::Permit, retry::Idempotency},
    exchange::Form,
};

/// One call of a JSON API.
#[derive(Clone)]
#[non_exhaustive]
pub struct ApiCall<'a> {
    /// Name of the call in logs. It is logged unchanged.
    pub name: &'a str,
    /// The HTTP method.
    pub method: Method,
    /// Address of the call. The API key is sent to this host: see [`BaseUrl`](crate::BaseUrl).
    pub uri: Uri,
    /// Content of the request. It is made once and shared by all attempts.
    pub content: Content,
    /// Decides whether the call may be sent again when its outcome is unknown. In the queue, calls that are not
    /// idempotent go before those that are.
    pub idempotency: Idempotency,
    /// `true` if the call counts against the rate limit of the service, and so waits in the queue.
    pub rate_limited: bool,
    /// Permit that is asked before each attempt, if there is one.
    pub permit: Option<&'a dyn Permit>,
}

impl<'a> ApiCall<'a> {
    /// Returns a call that only reads: a `GET` that may be repeated, and that does not wait in the queue of the rate
    /// limit.
    pub fn reading(name: &'a str, uri: Uri) -> Self {
        let idempotency = Idempotency::Idempotent;
        Self {
            name,
            method: Method::GET,
            uri,
            content: Content::Nothing,
            idempotency,
            rate_limited: false,
            permit: None,
        }
    }

    /// Returns a call that creates something each time: a `POST` that is not repeated once it may have been acted on,
    /// and that waits in the queue of the rate limit.
    pub fn creating(name: &'a str, uri: Uri, content: Content) -> Self {
        let idempotency = Idempotency::NotIdempotent;
        Self { name, method: Method::POST, uri, content, idempotency, rate_limited: true, permit: None }
    }
}

/// Shows neither the query nor the content.
impl fmt::Debug for ApiCall<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiCall")
            .field("name", &self.name)
            .field("method", &self.method)
            .field("host", &self.uri.host())
            .field("path", &self.uri.path())
            .field("content", &self.content)
            .field("idempotency", &self.idempotency)
            .field("rate_limited", &self.rate_limited)
            .field("has_permit", &self.permit.is_some())
            .finish()
    }
}

/// Content of a call.
#[derive(Clone)]
#[non_exhaustive]
pub enum Content {
    /// No content.
    Nothing,
    /// A JSON document.
    Json(Bytes),
    /// A form with a file, sent as such or as JSON. Each 100 kB of it adds one second to the timeouts of the call.
    Form(Form),
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("Nothing"),
            Self::Json(json) => write!(f, "Json({} bytes)", json.len()),
            Self::Form(_) => f.write_str("Form"),
        }
    }
}

//! One call of a JSON API, with its content.

use std::fmt;

use bytes::Bytes;
use http::{Method, Uri};

use crate::{
    call::{permit::Permit, retry::Idempotency, retry_after::RetryAfter},
    exchange::Form,
};

/// One call of a JSON API.
#[derive(Clone)]
#[non_exhaustive]
pub struct ApiCall<'a> {
    /// Name of the call in logs. The name is logged unchanged.
    pub name: &'a str,
    /// The HTTP method.
    pub method: Method,
    /// Address of the call. The API key is sent to this host: see [`BaseUrl`](crate::BaseUrl).
    pub uri: Uri,
    /// Content of the request. Each attempt sends it again.
    pub content: Content,
    /// Decides whether the call may be sent again when its outcome is unknown. If the maximum number of requests is in
    /// flight, at most one waiting call that is idempotent is ahead of a call that is not idempotent.
    pub idempotency: Idempotency,
    /// `true` if each attempt of the call counts against the rate limit of the service. The call then waits in the
    /// queue of the rate limit before each attempt.
    pub rate_limited: bool,
    /// Object that is asked for permission before each attempt. `None` if no permission is needed.
    pub permit: Option<&'a dyn Permit>,
    /// Value that is set after each attempt, to the pause that the response asked for. The caller can then wait for this
    /// pause before the next call. `None` if the caller does not need it.
    pub retry_after: Option<&'a RetryAfter>,
}

impl<'a> ApiCall<'a> {
    /// Returns a call that only reads. It is a `GET`, may be repeated, and does not wait in the queue of the rate
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
            retry_after: None,
        }
    }

    /// Returns a call that creates something each time. The call is a `POST`, and waits in the queue of the rate limit.
    /// It is not repeated if the service may have acted on an attempt.
    pub fn creating(name: &'a str, uri: Uri, content: Content) -> Self {
        let idempotency = Idempotency::NotIdempotent;
        let (permit, retry_after) = (None, None);
        Self { name, method: Method::POST, uri, content, idempotency, rate_limited: true, permit, retry_after }
    }
}

/// Shows the call without its query and without the data of its content.
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
    /// A form with a file. It is sent as a multipart form or as JSON. Each 100 kB of the form adds one second to the
    /// timeouts `first_byte` and `total` of the call. The form is boxed, because it is large and few calls have one.
    Form(Box<Form>),
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

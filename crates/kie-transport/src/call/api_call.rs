//! One call of a JSON API, and what it carries.

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
    /// The name it has in logs, where it stands as it is.
    pub name: &'a str,
    /// The HTTP method.
    pub method: Method,
    /// The address, on a host that may see the key: see [`BaseUrl`](crate::BaseUrl).
    pub uri: Uri,
    /// What it carries. It is made once and shared by all attempts.
    pub content: Content,
    /// What happens when nobody knows whether it was acted on. Where calls wait to be sent, those that create something
    /// go before those that only read.
    pub repeat: Idempotency,
    /// Whether it counts against the service's rate, and so waits in line.
    pub in_line: bool,
    /// Who else is asked before each attempt, if anybody.
    pub permit: Option<&'a dyn Permit>,
}

impl<'a> ApiCall<'a> {
    /// A call that only reads: a `GET` that may be repeated, and does not wait in line.
    pub fn reading(name: &'a str, uri: Uri) -> Self {
        let repeat = Idempotency::Idempotent;
        Self { name, method: Method::GET, uri, content: Content::Nothing, repeat, in_line: false, permit: None }
    }

    /// A call of which something comes each time: a `POST` that is sent once, and waits in line.
    pub fn creating(name: &'a str, uri: Uri, content: Content) -> Self {
        let repeat = Idempotency::NotIdempotent;
        Self { name, method: Method::POST, uri, content, repeat, in_line: true, permit: None }
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
            .field("repeat", &self.repeat)
            .field("in_line", &self.in_line)
            .field("has_permit", &self.permit.is_some())
            .finish()
    }
}

/// What a call carries.
#[derive(Clone)]
#[non_exhaustive]
pub enum Content {
    /// Nothing.
    Nothing,
    /// A JSON document.
    Json(Bytes),
    /// A form with a file, as such or as JSON. Each 100 kB of it give the call a second more.
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

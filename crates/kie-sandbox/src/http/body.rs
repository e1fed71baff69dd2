//! Bodies of requests.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header, request::Parts};
use serde_json::Value;

use super::{
    form::{self, ReceivedForm},
    query,
};

/// Maximum size of a request body in bytes. A form has the larger maximum [`FORM`], because it contains a file.
const BODY: usize = 16 << 20;
const FORM: usize = 256 << 20;

/// Body of a request.
pub(super) enum Body {
    Empty,
    ReceivedForm(ReceivedForm),
    Json(Value),
    Text(String),
}

impl Body {
    /// Returns the maximum size of the body of a request with these headers, in bytes.
    pub(super) fn limit(headers: &HeaderMap) -> usize {
        if headers.get(header::CONTENT_TYPE).is_some_and(is_form) { FORM } else { BODY }
    }

    /// Reads a body. JSON is accepted with each content type, because it is not known which ones the live service
    /// accepts.
    pub(super) fn read(headers: &HeaderMap, bytes: &Bytes) -> Self {
        if let Some(form) = form::read(headers, bytes) {
            return Self::ReceivedForm(form);
        }
        if bytes.is_empty() {
            return Self::Empty;
        }
        match serde_json::from_slice(bytes) {
            Ok(json) => Self::Json(json),
            Err(_) => Self::Text(String::from_utf8_lossy(bytes).into_owned()),
        }
    }

    /// Returns the fields of a request: its JSON body or its form. If there is no body, returns the fields of the query.
    pub(super) fn fields(&self, head: &Parts) -> Value {
        match self {
            Self::Empty => head.uri.query().map_or(Value::Null, query::fields),
            Self::Json(json) => json.clone(),
            Self::ReceivedForm(form) => form.fields.clone(),
            Self::Text(text) => Value::String(text.clone()),
        }
    }
}

fn is_form(content_type: &HeaderValue) -> bool {
    content_type.as_bytes().starts_with(b"multipart/form-data")
}

//! One exchange: a request, and what came of it.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One exchange of a [`Cassette`](super::Cassette): a request, and its outcome. Prints as its method and path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Exchange {
    /// The request.
    pub request: RecordedRequest,
    /// The response to the request, or the failure of the exchange.
    pub outcome: Outcome,
    /// Number of later exchanges that had the same request and the same outcome, up to the first one with another
    /// outcome. Only lookups (`GET`) are counted in this way.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub repeats: u32,
}

/// A request of a cassette.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RecordedRequest {
    /// HTTP method, such as `POST`.
    pub method: String,
    /// Host of the address, with its port if the address names one. The player does not compare hosts.
    pub host: String,
    /// Path of the address, with its query.
    pub path: String,
    /// The headers of the content, by their names in lower case.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The body. `None` if it is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<RecordedBody>,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Outcome {
    /// A response arrived.
    Response(RecordedResponse),
    /// No response arrived. The word is the [kind](kie_transport::ErrorKind) of the error, such as `timeout`.
    Error(String),
}

/// A response of a cassette.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RecordedResponse {
    /// HTTP status.
    pub status: u16,
    /// The headers of the content, and `retry-after`, by their names in lower case.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The body. `None` if it is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<RecordedBody>,
    /// `true` if the body did not arrive whole: the connection broke, or the client stopped reading. The player then
    /// breaks the body in the same place.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
}

/// A body of a request or a response.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum RecordedBody {
    /// A JSON document.
    Json(Value),
    /// A text that is not JSON.
    Text(String),
    /// Other bytes, such as a song or a form with a file.
    Bytes {
        /// Number of all bytes.
        length: u64,
        /// SHA-256 of all bytes, in hexadecimal digits.
        sha256: String,
        /// The first bytes, in Base64. Empty in a request.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        start: String,
    },
}

impl RecordedRequest {
    /// Tells if a repetition of the request is harmless and normal, as of a poll.
    pub(super) fn is_lookup(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD")
    }
}

fn is_zero(repeats: &u32) -> bool {
    *repeats == 0
}

impl fmt::Display for RecordedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.request.fmt(f)
    }
}

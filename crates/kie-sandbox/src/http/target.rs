//! Targets of requests.

use bytes::Bytes;
use http::Method;
use kie_types::catalog::Operation;
use serde_json::Value;

use crate::{
    account::{RateLimit, SandboxInner},
    market::MarketCall,
    media::{FILES, served},
    operations::{self, ServedOperation},
};

use super::documents;

/// Methods of requests to operations and documents.
const METHODS: [Method; 3] = [Method::GET, Method::HEAD, Method::POST];

/// Target of a request: a call of one of the routes, or another path.
pub(super) enum Target {
    /// An operation of the classic route.
    Classic(&'static ServedOperation),
    Market(MarketCall),
    File,
    Document(Bytes),
    /// A path of an operation or of a document, with another method than these.
    NotAllowed(Vec<Method>),
    Unknown,
}

impl Target {
    pub(super) fn find(inner: &SandboxInner, method: &Method, path: &str, fields: &Value) -> Self {
        if served::is_file(path) {
            return Self::File;
        }
        Self::known(inner, method, path, fields).unwrap_or_else(|| {
            let methods = METHODS.into_iter().filter(|method| Self::known(inner, method, path, fields).is_some());
            let methods: Vec<_> = methods.collect();
            if methods.is_empty() { Self::Unknown } else { Self::NotAllowed(methods) }
        })
    }

    fn known(inner: &SandboxInner, method: &Method, path: &str, fields: &Value) -> Option<Self> {
        if let Some(served) = operations::find(method, path) {
            return Some(Self::Classic(served));
        }
        let document = documents::find(path).filter(|_| [Method::GET, Method::HEAD].contains(method));
        let market = || MarketCall::find(&inner.account(), method, path, fields).map(Self::Market);
        document.map(Self::Document).or_else(market)
    }

    pub(super) fn operation(&self) -> Option<&'static Operation> {
        match self {
            Self::Classic(served) => Some(served.operation),
            Self::Market(call) => call.operation(),
            _ => None,
        }
    }

    /// Returns the name under which the request is recorded.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Classic(served) => served.operation.name,
            Self::Market(call) => call.name(),
            Self::File => FILES,
            Self::Document(_) | Self::NotAllowed(_) | Self::Unknown => "",
        }
    }

    /// Returns the operation that the request starts on the market route.
    pub(super) fn market_operation(&self) -> Option<&'static Operation> {
        match self {
            Self::Market(call) => call.operation(),
            _ => None,
        }
    }

    /// Returns the rate limit for the request, and the code of the refusal of a request over the limit.
    pub(super) fn limited(&self) -> Option<(RateLimit, i64)> {
        match self {
            Self::Classic(served) => served.operation.job.map(|_| (RateLimit::Submit, 430)),
            Self::Market(call) => Some((call.limited()?, 429)),
            _ => None,
        }
    }
}

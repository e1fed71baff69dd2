//! What an operation of the API is.

use std::{fmt, time::Duration};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    call_back::CallBackField,
    encode::{EncodeError, Encoded},
};
use crate::{
    answer::envelope::{self, ReadError},
    request::{Ignored, Invalid, Limit, Warning, of_fields},
};

/// One operation of the API, implemented on its request.
///
/// The request is exactly what goes over the wire: the body of a `POST`, the query of a `GET`. Client, simulator,
/// fixtures and command line are all driven by these constants; implementing the trait for a type of your own adds
/// an operation that they do not know yet: `examples/own_endpoint.rs` of this crate is one, with rules and limits.
/// Whatever the trait gains later has a default.
pub trait Endpoint: Serialize + DeserializeOwned + fmt::Debug + Clone + PartialEq + Send + Sync + 'static {
    /// The slug of the operation's page in KIE's documentation, such as `generate-music`.
    const NAME: &'static str;
    /// The address of that page.
    const DOCS: &'static str;
    /// The HTTP method.
    const METHOD: Method;
    /// The host that answers.
    const HOST: Host = Host::Api;
    /// The path on that host, from `/`.
    const PATH: &'static str;
    /// Whether repeating the call is harmless.
    const EFFECT: Effect;
    /// The field that names a file of this machine, where there is one. Its content goes out in its place, and the request
    /// as a form.
    const FILE: Option<&'static str> = None;
    /// The field that holds a callback address, if the request has one.
    const CALL_BACK: Option<CallBackField<Self>> = None;
    /// The name of that field on the wire. It follows from [`CALL_BACK`](Self::CALL_BACK); leave it as it is.
    const CALL_BACK_URL: Option<&'static str> = match Self::CALL_BACK {
        Some(field) => Some(field.name()),
        None => None,
    };

    /// What `data` holds when the call succeeds.
    type Response: Serialize + DeserializeOwned + fmt::Debug + Send + 'static;

    /// Checks every documented rule and reports all that are broken, before anything is sent or spent.
    ///
    /// A callback address may be missing, for the client fills one in.
    ///
    /// # Errors
    ///
    /// [`Invalid`] names each field with the rule it breaks, the limit and the value.
    fn validate(&self) -> Result<(), Invalid>;

    /// What is surely not meant and yet may be legal: words that are not known or nearly so, such as `v5` for `V5`, and
    /// fields that the service [ignores](Self::ignored). A [`check`] of raw JSON finds more.
    ///
    /// [`check`]: crate::check()
    fn warnings(&self) -> Vec<Warning> {
        match serde_json::to_value(self) {
            Ok(Value::Object(fields)) => of_fields(&Self::limits(), &Self::ignored(), &fields),
            _ => Vec::new(),
        }
    }

    /// The documented limits of single fields, as data: every range and every list of words that [`validate`] holds the
    /// request to, with the mode and the model that it counts for.
    ///
    /// [`validate`]: Self::validate
    fn limits() -> Vec<Limit> {
        Vec::new()
    }

    /// The fields that the documentation says the service ignores, as data, with the modes in which it does. Fields that
    /// must be left out there are [`limits`](Self::limits).
    fn ignored() -> Vec<Ignored> {
        Vec::new()
    }

    /// The request as method, host, path and body, for an HTTP stack of your own: see [`Encoded`].
    ///
    /// It is taken as it is. Nothing is checked, and no callback address is filled in.
    ///
    /// # Errors
    ///
    /// [`EncodeError`] if it cannot be written as JSON, or names no file where the operation sends one.
    fn encode(&self) -> Result<Encoded, EncodeError> {
        Encoded::of::<Self>(self)
    }

    /// Reads an answer to this operation, given its HTTP status.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the service said no, or if the answer cannot be read.
    fn read(http_status: u16, body: &[u8]) -> Result<Self::Response, ReadError> {
        envelope::open(http_status, body)
    }

    /// The callback address in this request, where it has one. It follows from [`CALL_BACK`](Self::CALL_BACK); leave it
    /// as it is.
    fn call_back_url(&mut self) -> Option<&mut Option<String>> {
        Self::CALL_BACK.map(|field| field.of(self))
    }
}

/// Whether repeating a call is harmless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Effect {
    /// Nothing comes of it: it can be sent again freely.
    Reads,
    /// Something comes of it each time it is sent, usually for money.
    Creates,
}

impl Effect {
    /// The effect in one word: `reads` or `creates`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Creates => "creates",
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The HTTP method of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
#[non_exhaustive]
pub enum Method {
    /// The request's fields are the query.
    Get,
    /// The request is the JSON body.
    Post,
}

impl Method {
    /// The method as it stands on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The two hosts of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Host {
    /// `https://api.kie.ai`
    Api,
    /// `https://kieai.redpandaai.co`
    Upload,
}

impl Host {
    /// The host in one word: `api` or `upload`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Upload => "upload",
        }
    }

    /// The address of the real service, without a trailing slash.
    pub const fn base_url(self) -> &'static str {
        match self {
            Self::Api => "https://api.kie.ai",
            Self::Upload => "https://kieai.redpandaai.co",
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How many tasks an account may start within [`NEW_TASKS_SPAN`]. More are refused, not queued.
///
/// Documentation: <https://docs.kie.ai/1973359m0>
pub const NEW_TASKS: usize = 20;

/// The span in which an account may start [`NEW_TASKS`] tasks.
pub const NEW_TASKS_SPAN: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use super::*;

    fn serialized(word: impl Serialize) -> Option<String> {
        serde_json::to_value(word).ok()?.as_str().map(str::to_owned)
    }

    #[test]
    fn words_are_printed_as_they_are_serialized() {
        for effect in [Effect::Reads, Effect::Creates] {
            assert_eq!(Some(effect.to_string()), serialized(effect));
        }
        for method in [Method::Get, Method::Post] {
            assert_eq!(Some(method.to_string()), serialized(method));
        }
        for host in [Host::Api, Host::Upload] {
            assert_eq!(Some(host.to_string()), serialized(host));
        }
        assert_eq!(format!("{:<5}|{:>7}|", Method::Get, Effect::Reads), "GET  |  reads|");
    }
}

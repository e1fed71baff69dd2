//! Operations by their names, for programs that have a name and a JSON document.

use serde::Serialize;
use serde_json::Value;

use super::{OPERATIONS, Operation, Visitor, visit};
use crate::{
    answer::envelope::ReadError,
    operation::{Checked, EncodeError, Encoded, Endpoint, TaskEndpoint, check},
    text::redacted::text_in_brief,
};

/// No operation has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no operation {:?}", text_in_brief(.name))]
#[non_exhaustive]
pub struct UnknownOperation {
    /// The name.
    pub name: String,
}

impl UnknownOperation {
    /// No operation has this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }
}

/// The operation of this name.
///
/// # Errors
///
/// [`UnknownOperation`] if there is none.
pub fn find(operation: &str) -> Result<&'static Operation, UnknownOperation> {
    OPERATIONS.iter().find(|known| known.name == operation).ok_or_else(|| UnknownOperation::new(operation))
}

/// Checks a JSON document as a request to the operation of this name, as [`check`](crate::check) does.
///
/// A request that keeps all rules is returned as it was understood, without the keys that are not
/// [known](Checked::unknown).
///
/// A gateway needs no more than a name and a document, from a user's request to the service's answer:
///
/// ```
/// use kie_types::catalog::{self, UnknownOperation};
/// use serde_json::{Value, json};
///
/// /// What the user of a gateway is told.
/// fn gateway(name: &str, mut request: Value) -> Result<Value, Box<dyn std::error::Error>> {
///     // The callbacks of all users come to the gateway.
///     if let Some(field) = catalog::find(name)?.call_back_url {
///         request[field] = json!("https://gateway.example.net/callbacks");
///     }
///     let request = catalog::check_named(name, &request)?.result?;
///     let encoded = catalog::encode_named(name, &request)??;
///     assert_eq!(encoded.url(), "https://api.kie.ai/api/v1/lyrics");
///     // … is sent by some HTTP stack, and answered:
///     let (status, body) = (200, br#"{"code":200,"msg":"success","data":{"taskId":"b7e2"}}"#);
///     Ok(catalog::read_named(name, status, body)??)
/// }
///
/// let started = gateway("generate-lyrics", json!({ "prompt": "two lighthouses" }))?;
/// assert_eq!(started, json!({ "taskId": "b7e2" }));
///
/// let broken = gateway("generate-lyrics", json!({ "prompt": "" })).unwrap_err();
/// assert_eq!(broken.to_string(), "generate-lyrics breaks 1 documented rule: prompt is required");
///
/// let unknown = gateway("generate-noise", json!({})).unwrap_err();
/// assert!(unknown.is::<UnknownOperation>());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`UnknownOperation`] if there is no such operation. Broken rules are in [`Checked::result`].
pub fn check_named(operation: &str, request: &Value) -> Result<Checked<Value>, UnknownOperation> {
    named(operation, Check(request))
}

/// Encodes a JSON document as a request to the operation of this name, keys included that are not known, as
/// [`Endpoint::encode`] does. [`check_named`] has an example.
///
/// # Errors
///
/// [`UnknownOperation`] if there is no such operation; inside, [`EncodeError`] if the document cannot be its request.
pub fn encode_named(operation: &str, request: &Value) -> Result<Result<Encoded, EncodeError>, UnknownOperation> {
    named(operation, Encode(request))
}

/// Reads an answer of the operation of this name as [`Endpoint::read`] does, and prints it in camelCase, whichever way it
/// came. [`check_named`] has an example.
///
/// # Errors
///
/// [`UnknownOperation`] if there is no such operation; inside, [`ReadError`] if the service said no, or if the answer
/// cannot be read.
pub fn read_named(
    operation: &str,
    http_status: u16,
    body: &[u8],
) -> Result<Result<Value, ReadError>, UnknownOperation> {
    named(operation, Read { http_status, body })
}

fn named<V: Visitor>(operation: &str, visitor: V) -> Result<V::Output, UnknownOperation> {
    visit(operation, visitor).ok_or_else(|| UnknownOperation::new(operation))
}

/// The JSON of requests.
pub(super) fn printed(requests: Vec<impl Serialize>) -> Vec<Value> {
    requests.into_iter().map(print).collect()
}

/// Our own types always are JSON.
fn print(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

struct Check<'a>(&'a Value);

impl Visitor for Check<'_> {
    type Output = Checked<Value>;

    fn call<E: Endpoint>(self) -> Checked<Value> {
        let Checked { result, unknown, warnings } = check::<E>(self.0);
        Checked { result: result.map(print), unknown, warnings }
    }

    fn start<E: TaskEndpoint>(self) -> Checked<Value> {
        self.call::<E>()
    }
}

struct Encode<'a>(&'a Value);

impl Visitor for Encode<'_> {
    type Output = Result<Encoded, EncodeError>;

    fn call<E: Endpoint>(self) -> Self::Output {
        Encoded::of::<E>(self.0)
    }

    fn start<E: TaskEndpoint>(self) -> Self::Output {
        self.call::<E>()
    }
}

struct Read<'a> {
    http_status: u16,
    body: &'a [u8],
}

impl Visitor for Read<'_> {
    type Output = Result<Value, ReadError>;

    fn call<E: Endpoint>(self) -> Self::Output {
        E::read(self.http_status, self.body).map(print)
    }

    fn start<E: TaskEndpoint>(self) -> Self::Output {
        self.call::<E>()
    }
}

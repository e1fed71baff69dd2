//! Functions that check, encode and read by the name of an operation, for programs that have the name as a string and
//! not the Rust type.

use serde::Serialize;
use serde_json::{Value, json};

use super::{OPERATIONS, Operation, Visitor, visit};
use crate::{
    answer::envelope::ReadError,
    market::Route,
    operation::{Checked, EncodeError, Encoded, Endpoint, MarketAnswer, TaskEndpoint, can_cost, check_on},
    price::Credits,
    text::redacted::text_in_brief,
};

/// Error: no operation has this name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no operation {:?}", text_in_brief(.name))]
#[non_exhaustive]
pub struct UnknownOperation {
    /// Name that was looked up.
    pub name: String,
}

impl UnknownOperation {
    /// Creates the error for this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }
}

/// Returns the operation with this name.
///
/// # Errors
///
/// [`UnknownOperation`] if no operation has this name.
pub fn find(operation: &str) -> Result<&'static Operation, UnknownOperation> {
    OPERATIONS.iter().find(|known| known.name == operation).ok_or_else(|| UnknownOperation::new(operation))
}

/// Checks a JSON document as a request to the named operation, as [`check`](crate::check) does.
///
/// If the request is valid, [`Checked::result`] has the request as JSON, without the keys that the operation does not
/// have. [`Checked::unknown`] lists these keys.
///
/// A gateway can serve every operation with this function, without the Rust types of the operations:
///
/// ```
/// use kie_types::catalog::{self, UnknownOperation};
/// use serde_json::{Value, json};
///
/// /// Returns the response for the user of the gateway.
/// fn gateway(name: &str, mut request: Value) -> Result<Value, Box<dyn std::error::Error>> {
///     // The service sends all callbacks to the gateway.
///     if let Some(field) = catalog::find(name)?.call_back_url {
///         request[field] = json!("https://gateway.example.net/callbacks");
///     }
///     let request = catalog::check_named(name, &request)?.result?;
///     let encoded = catalog::encode_named(name, &request)??;
///     assert_eq!(encoded.url(), "https://api.kie.ai/api/v1/lyrics");
///     // Send `encoded` with any HTTP client. This is the response:
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
/// [`UnknownOperation`] if no operation has this name. If the request breaks rules, the function still returns `Ok`,
/// and the broken rules are in [`Checked::result`].
pub fn check_named(operation: &str, request: &Value) -> Result<Checked<Value>, UnknownOperation> {
    check_named_on(operation, request, Route::Classic)
}

/// Checks a JSON document as a request to the named operation on a route, as [`check_on`](crate::check_on) does. The
/// names of the fields are those of the classic route. [`check_named`] does the same for the classic route.
///
/// ```
/// use kie_types::{Route, catalog};
/// use serde_json::json;
///
/// let (name, route) = ("get-timestamped-lyrics", Route::Market);
/// let request = json!({ "taskId": "4be1c0d2", "audioId": "7d0f3c52" });
/// let request = catalog::check_named_on(name, &request, route)?.result?;
/// let encoded = catalog::encode_named_on(name, &request, route)??;
/// assert_eq!(encoded.url(), "https://api.kie.ai/api/v1/jobs/createTask");
/// // The response has the lyrics, or the id of a task.
/// let body = br#"{"code":200,"msg":"success","data":{"taskId":"b7e2"}}"#;
/// assert_eq!(catalog::read_named_on(name, 200, body, route)??, json!({ "taskId": "b7e2" }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`UnknownOperation`] if no operation has this name.
pub fn check_named_on(operation: &str, request: &Value, route: Route) -> Result<Checked<Value>, UnknownOperation> {
    named(operation, Check { request, route })
}

/// Encodes a JSON document as a request to the named operation, as [`Endpoint::encode`] does. Unknown keys are kept.
/// [`check_named`] has an example.
///
/// # Errors
///
/// [`UnknownOperation`] if no operation has this name. The inner result is an [`EncodeError`] if the document cannot be
/// written as the query or the form of the operation, for example because it is not an object. Every document can be
/// written as a JSON body.
pub fn encode_named(operation: &str, request: &Value) -> Result<Result<Encoded, EncodeError>, UnknownOperation> {
    encode_named_on(operation, request, Route::Classic)
}

/// Encodes a JSON document as a request to the named operation on a route, as [`Endpoint::encode_on`] does. Unknown keys
/// are kept. [`check_named_on`] has an example.
///
/// # Errors
///
/// [`UnknownOperation`] if no operation has this name. The inner result is an [`EncodeError`] as for [`encode_named`],
/// and also if the operation has no form on the route, or if the document is not an object on the market route.
pub fn encode_named_on(
    operation: &str,
    request: &Value,
    route: Route,
) -> Result<Result<Encoded, EncodeError>, UnknownOperation> {
    named(operation, Encode { request, route })
}

/// Returns the price of a request to the named operation in credits, as [`Endpoint::price`] does. The request is a JSON
/// document. Returns the highest price of the operation if the document cannot be read as a request. Returns `None` if
/// the price is not known.
///
/// ```
/// use kie_types::{Credits, catalog};
/// use serde_json::json;
///
/// assert_eq!(catalog::price_named("separate-vocals", &json!({}))?, Some(Credits::new(10.0)));
/// assert_eq!(catalog::price_named("separate-vocals", &json!({ "type": "split_stem" }))?, Some(Credits::new(50.0)));
/// assert_eq!(catalog::price_named("get-music-details", &json!({}))?, Some(Credits::new(0.0)));
/// assert_eq!(catalog::price_named("recovery-audio", &json!({}))?, None);
/// # Ok::<(), catalog::UnknownOperation>(())
/// ```
///
/// # Errors
///
/// [`UnknownOperation`] if no operation has this name.
pub fn price_named(operation: &str, request: &Value) -> Result<Option<Credits>, UnknownOperation> {
    named(operation, PriceOf(request))
}

/// Reads a response of the named operation, as [`Endpoint::read`] does. Returns the response as JSON. The service
/// spells some names in two ways. The returned JSON has only one of these spellings, usually camelCase. [`check_named`]
/// has an example.
///
/// # Errors
///
/// [`UnknownOperation`] if no operation has this name. The inner result is a [`ReadError`] if the service refused the
/// request, or if the response cannot be read.
pub fn read_named(
    operation: &str,
    http_status: u16,
    body: &[u8],
) -> Result<Result<Value, ReadError>, UnknownOperation> {
    read_named_on(operation, http_status, body, Route::Classic)
}

/// Reads a response of the named operation on a route, as [`Endpoint::read`] and [`Endpoint::read_market`] do. Returns
/// the response as JSON, as [`read_named`] does. If the market route started a task that makes the response, the JSON is
/// an object with the id of this task, `taskId`. [`check_named_on`] has an example.
///
/// # Errors
///
/// [`UnknownOperation`] if no operation has this name. The inner result is a [`ReadError`] if the service refused the
/// request, or if the response cannot be read.
pub fn read_named_on(
    operation: &str,
    http_status: u16,
    body: &[u8],
    route: Route,
) -> Result<Result<Value, ReadError>, UnknownOperation> {
    named(operation, Read { http_status, body, route })
}

fn named<V: Visitor>(operation: &str, visitor: V) -> Result<V::Output, UnknownOperation> {
    visit(operation, visitor).ok_or_else(|| UnknownOperation::new(operation))
}

/// Converts requests to JSON.
pub(super) fn printed(requests: Vec<impl Serialize>) -> Vec<Value> {
    requests.into_iter().map(print).collect()
}

/// Converts a value of this crate to JSON. The conversion cannot fail.
fn print(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

struct Check<'a> {
    request: &'a Value,
    route: Route,
}

impl Visitor for Check<'_> {
    type Output = Checked<Value>;

    fn call<E: Endpoint>(self) -> Checked<Value> {
        let Checked { result, unknown, warnings } = check_on::<E>(self.request, self.route);
        Checked { result: result.map(print), unknown, warnings }
    }

    fn start<E: TaskEndpoint>(self) -> Checked<Value> {
        self.call::<E>()
    }
}

struct PriceOf<'a>(&'a Value);

impl Visitor for PriceOf<'_> {
    type Output = Option<Credits>;

    fn call<E: Endpoint>(self) -> Option<Credits> {
        match E::deserialize(self.0) {
            Ok(request) => request.price(),
            Err(_) if can_cost(E::EFFECT, E::HOST) => E::PRICE.map(|price| price.most),
            Err(_) => Some(Credits::default()),
        }
    }

    fn start<E: TaskEndpoint>(self) -> Option<Credits> {
        self.call::<E>()
    }
}

struct Encode<'a> {
    request: &'a Value,
    route: Route,
}

impl Visitor for Encode<'_> {
    type Output = Result<Encoded, EncodeError>;

    fn call<E: Endpoint>(self) -> Self::Output {
        match self.route {
            Route::Classic => Encoded::of::<E>(self.request),
            Route::Market => Encoded::of_market::<E>(self.request),
        }
    }

    fn start<E: TaskEndpoint>(self) -> Self::Output {
        self.call::<E>()
    }
}

struct Read<'a> {
    http_status: u16,
    body: &'a [u8],
    route: Route,
}

impl Visitor for Read<'_> {
    type Output = Result<Value, ReadError>;

    fn call<E: Endpoint>(self) -> Self::Output {
        match self.route {
            Route::Classic => E::read(self.http_status, self.body).map(print),
            Route::Market => E::read_market(self.http_status, self.body).map(|answer| match answer {
                MarketAnswer::Result(response) => print(response),
                MarketAnswer::Task(id) => json!({ "taskId": id }),
            }),
        }
    }

    fn start<E: TaskEndpoint>(self) -> Self::Output {
        self.call::<E>()
    }
}

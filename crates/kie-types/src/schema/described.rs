//! Schemas and description of one operation.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::Value;

use crate::{
    callback::Callback,
    market::Route,
    operation::{
        Endpoint, Job, Method, TaskEndpoint,
        schema::{Component, limits_as_sent},
    },
};

/// Schemas of one operation. A named type appears as a reference to its definition in the generator.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OperationSchemas {
    /// Description of the operation, in Markdown.
    pub about: String,
    /// Schema of the request. For a `POST`, the schema is a reference to a definition. For a `GET`, the schema is the
    /// object itself.
    pub request: Schema,
    /// Schema of the `input` in the body of the request on the market route, as a reference to a definition. `None` if the
    /// operation is not started there.
    pub market: Option<Schema>,
    /// Schema of the `data` in the response to a successful call.
    pub response: Schema,
    /// Schema of the body that the service sends to the callback address. `None` if the operation starts no task.
    pub callback: Option<Schema>,
}

/// Returns the limits of an operation on a route as JSON, each as [`Limit`](crate::Limit) is printed. The fields have their
/// names on the route, and the limits of fields that the route does not carry are left out.
pub fn limits<E: Endpoint>(route: Route) -> Vec<Value> {
    limits_as_sent::<E>(route)
}

impl OperationSchemas {
    pub(crate) fn call<E>(generator: &mut SchemaGenerator) -> Self
    where
        E: Endpoint<Response: JsonSchema> + JsonSchema,
    {
        let object = E::json_schema(generator);
        let about = object.get("description").and_then(Value::as_str).unwrap_or_default().to_owned();
        let request = match E::METHOD {
            Method::Get => object,
            Method::Post => generator.subschema_for::<Component<E, false>>(),
        };
        let starts_there = E::MARKET.is_some_and(|form| form.slug().is_some());
        let market = starts_there.then(|| generator.subschema_for::<Component<E, true>>());
        // Reads a test response with null as `data`. If it can be read, the schema also allows null.
        let response = match E::read(200, br#"{"code": 200, "data": null}"#) {
            Ok(_) => generator.subschema_for::<Option<E::Response>>(),
            Err(_) => generator.subschema_for::<E::Response>(),
        };
        Self { about, request, market, response, callback: None }
    }

    pub(crate) fn start<E>(generator: &mut SchemaGenerator) -> Self
    where
        E: TaskEndpoint<Response: JsonSchema> + JsonSchema,
        <E::Job as Job>::Callback: JsonSchema,
    {
        let callback = Some(generator.subschema_for::<Callback<E::Job>>());
        Self { callback, ..Self::call::<E>(generator) }
    }
}

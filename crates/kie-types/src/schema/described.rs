//! Schemas and description of one operation.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::Value;

use crate::{
    callback::Callback,
    operation::{Endpoint, Job, Method, TaskEndpoint},
};

/// Schemas of one operation. Named types are references to the generator's definitions.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OperationSchemas {
    /// Description of the operation, in Markdown.
    pub about: String,
    /// Schema of the request. It is a reference for a JSON body, and an inline object for a query.
    pub request: Schema,
    /// Schema of the response's `data`, for a successful call.
    pub response: Schema,
    /// Schema of the body that the service sends to the callback address. `None` if the operation starts no task.
    pub callback: Option<Schema>,
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
            Method::Post => generator.subschema_for::<E>(),
        };
        // `data` may be null if the operation's response can be read without data.
        let response = match E::read(200, br#"{"code": 200, "data": null}"#) {
            Ok(_) => generator.subschema_for::<Option<E::Response>>(),
            Err(_) => generator.subschema_for::<E::Response>(),
        };
        Self { about, request, response, callback: None }
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

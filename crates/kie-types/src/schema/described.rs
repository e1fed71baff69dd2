//! What is described of one operation.

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::Value;

use crate::{
    callback::Callback,
    operation::{Endpoint, Job, Method, TaskEndpoint},
};

/// The schemas of one operation. Named types are references into the generator's definitions.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Described {
    /// What the operation is for, in Markdown.
    pub about: String,
    /// The request: a reference if it is a body, the object itself if its fields are the query.
    pub request: Schema,
    /// What `data` holds when the call succeeds.
    pub response: Schema,
    /// What the service posts to the callback address of a task.
    pub callback: Option<Schema>,
}

impl Described {
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
        // Where an answer without data is read as one, the data may be null.
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

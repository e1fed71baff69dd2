//! OpenAPI document of the service. The schemas of kie-types and those of the service stand side by side in it.

use kie_types::{GenerateMusic, Music, MusicRecord, Started, catalog::OPERATIONS, schema};
use schemars::Schema;
use serde_json::{Map, Value, json};

use crate::app::Checkup;

pub(crate) fn document() -> Value {
    let mut generator = schema::generator();
    let song = generator.subschema_for::<GenerateMusic>();
    let started = generator.subschema_for::<Started<Music>>();
    let record = generator.subschema_for::<MusicRecord>();
    let checkup = generator.subschema_for::<Checkup>();
    let mut schemas = generator.take_definitions(true);
    without(&mut schemas, "GenerateMusic", "callBackUrl");

    let operations: Vec<_> = OPERATIONS.iter().map(|operation| operation.name).collect();
    let parameter =
        |name: &str, schema: Value| json!([{ "name": name, "in": "path", "required": true, "schema": schema }]);
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Songs to order", "version": "1" },
        "paths": {
            "/songs": { "post": {
                "operationId": "order",
                "requestBody": { "required": true, "content": content(&song) },
                "responses": {
                    "200": { "description": "The song is being made.", "content": content(&started) },
                    "422": { "description": "The request breaks rules.", "content": content(&checkup) },
                },
            } },
            "/songs/{task}": { "get": {
                "operationId": "song",
                "parameters": parameter("task", json!({ "type": "string" })),
                "responses": { "200": { "description": "State of the song.", "content": content(&record) } },
            } },
            "/checks/{operation}": { "post": {
                "operationId": "check",
                "parameters": parameter("operation", json!({ "enum": operations })),
                "requestBody": { "required": true, "content": content(&Schema::default()) },
                "responses": { "200": { "description": "Result of the check.", "content": content(&checkup) } },
            } },
        },
        "components": { "schemas": schemas },
    })
}

fn content(schema: &Schema) -> Value {
    json!({ "application/json": { "schema": schema } })
}

/// Removes a field from a request: the service fills in the callback address by itself.
fn without(schemas: &mut Map<String, Value>, request: &str, field: &str) {
    let Some(Value::Object(schema)) = schemas.get_mut(request) else { return };
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.remove(field);
    }
    if let Some(Value::Array(required)) = schema.get_mut("required") {
        required.retain(|name| name != field);
    }
}

//! JSON Schemas of the arguments and results of the tools.

use kie_suno::{
    Route,
    requests::catalog::{self, Operation},
    types::schema::plain,
};
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value};

/// Limits as data. The schema says the same in `maxLength` and in the descriptions, so agents do not need them twice.
const LIMITS: &str = "x-limits";

/// Returns the schema of the arguments of a tool.
pub(super) fn input<T: JsonSchema>() -> Map<String, Value> {
    object(SchemaGenerator::new(settings()).into_root_schema_for::<T>().to_value())
}

/// Returns the schema of the result of a tool.
pub(super) fn output<T: JsonSchema>() -> Map<String, Value> {
    object(SchemaGenerator::new(settings().for_serialize()).into_root_schema_for::<T>().to_value())
}

/// Returns the description of an operation, and the schema of its request on this route. The callback address is not in
/// the schema: agents receive no callbacks.
pub(super) fn request(operation: &Operation, route: Route) -> (String, Map<String, Value>) {
    let mut generator = SchemaGenerator::new(settings().for_serialize());
    let Some(schemas) = catalog::describe(operation.name, &mut generator) else { return Default::default() };
    let on_route = schemas.market.filter(|_| route == Route::Market).unwrap_or(schemas.request);
    let mut request = object(on_route.to_value());
    request.remove(LIMITS);
    if let Some(field) = operation.call_back_url {
        if let Some(Value::Object(fields)) = request.get_mut("properties") {
            fields.remove(field);
        }
        if let Some(Value::Array(required)) = request.get_mut("required") {
            required.retain(|name| name != field);
        }
    }
    (plain(&schemas.about), request)
}

/// Returns settings without references, because not every agent follows them.
fn settings() -> SchemaSettings {
    SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    })
}

fn object(mut schema: Value) -> Map<String, Value> {
    tidy(&mut schema);
    let Value::Object(mut schema) = schema else { return Map::new() };
    schema.remove("title");
    schema.remove("description");
    schema
}

/// Makes descriptions plain, and removes the formats of numbers, which other languages do not know.
fn tidy(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(tidy),
        Value::Object(keys) => {
            if let Some(Value::String(text)) = keys.get_mut("description")
                && !text.contains("\n- ")
            {
                *text = plain(text);
            }
            if keys.get("format").is_some_and(Value::is_string) {
                keys.remove("format");
            }
            keys.values_mut().for_each(tidy);
        }
        _ => {}
    }
}

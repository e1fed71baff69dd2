//! The limits of all operations in one document.

use std::collections::BTreeMap;

use kie_types::{
    Endpoint, Limit, Route, TaskEndpoint,
    catalog::{self, OPERATIONS, Visitor},
    schema as schemas,
};
use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::{Map, Value, json};

/// Limits of all operations of the API. The fields have their names on the wire.
#[derive(JsonSchema)]
#[allow(dead_code)]
struct Limits {
    /// Version of the form of this document.
    version: u32,
    /// Limits of each operation, by the name of the operation.
    operations: BTreeMap<String, Routes>,
}

/// Limits of an operation on each of its routes.
#[derive(JsonSchema)]
#[allow(dead_code)]
struct Routes {
    /// Limits of the JSON body, the form or the query.
    classic: Vec<Limit>,
    /// Limits of the `input` in the JSON body. Missing if the operation has no form on this route.
    #[serde(skip_serializing_if = "Option::is_none")]
    market: Option<Vec<Limit>>,
}

/// Returns the JSON Schema of the document.
pub(crate) fn schema() -> Value {
    let generator = SchemaSettings::draft2020_12().for_serialize().into_generator();
    let mut schema = generator.into_root_schema_for::<Limits>().to_value();
    schema["$id"] = "urn:kie-types:Limits".into();
    // The names of Rust constants are not in the document.
    if let Some(fields) = schema.pointer_mut("/$defs/Limit/properties").and_then(Value::as_object_mut) {
        fields.remove("name");
    }
    without_rust(&mut schema);
    schema
}

/// Removes the parts of all descriptions that are only for Rust, and the formats of its numbers.
fn without_rust(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            fields.retain(|keyword, value| keyword != "format" || !value.is_string());
            for (keyword, value) in fields {
                match value {
                    Value::String(text) if keyword == "description" => *text = plain_text(text),
                    other => without_rust(other),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(without_rust),
        _ => {}
    }
}

fn plain_text(docs: &str) -> String {
    let text = schemas::plain(docs).replace("`null` if", "Missing if");
    text.trim_end_matches("\n\nLimits of your own operations use the same type:").to_owned()
}

/// Returns the limits of each operation on each of its routes.
pub(crate) fn document() -> Value {
    let mut operations = Map::new();
    for operation in OPERATIONS {
        let routes = Route::ALL.into_iter().filter(|route| operation.route_on(*route) == *route);
        let limits = routes.map(|route| {
            let limits = catalog::visit(operation.name, OnRoute(route)).unwrap_or_default();
            (route.to_string(), Value::from(limits))
        });
        operations.insert(operation.name.to_owned(), limits.collect());
    }
    json!({ "version": 1, "operations": operations })
}

/// Visitor that returns the limits of an operation on a route.
struct OnRoute(Route);

impl Visitor for OnRoute {
    type Output = Vec<Value>;

    fn call<E: Endpoint>(self) -> Vec<Value> {
        schemas::limits::<E>(self.0)
    }

    fn start<E: TaskEndpoint>(self) -> Vec<Value> {
        self.call::<E>()
    }
}

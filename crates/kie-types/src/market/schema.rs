//! Schemas of requests, as the service's catalogue returns them.

use serde_json::{Map, Value};

/// Maximum depth of references and alternatives. A reference can lead back to itself.
const DEPTH: usize = 16;

/// Schema of an operation, as the service's catalogue returns it: an OpenAPI document. Some of its references are
/// broken, for example because a name has a space at its end. They are skipped and reported.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct MarketSchema {
    /// Fields of the request, inside of `input`.
    pub fields: Vec<SchemaField>,
    /// References that lead nowhere.
    pub broken: Vec<String>,
}

/// A field in a schema of the service's catalogue.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct SchemaField {
    /// Name of the field on the wire, such as `vocal_gender`.
    pub name: String,
    /// Allowed words. Empty if the schema lists no words.
    pub words: Vec<String>,
    /// Maximum number of characters.
    pub max_length: Option<u64>,
    /// Smallest allowed number.
    pub minimum: Option<f64>,
    /// Largest allowed number.
    pub maximum: Option<f64>,
}

impl MarketSchema {
    /// Reads the OpenAPI document of an operation. A document in an unknown form has no fields.
    ///
    /// ```
    /// use kie_types::MarketSchema;
    /// use serde_json::json;
    ///
    /// let schema = MarketSchema::read(&json!({
    ///     "paths": { "/api/v1/jobs/createTask": { "post": { "requestBody": { "content": { "application/json": {
    ///         "schema": { "properties": { "input": { "$ref": "#/components/schemas/Input" } } },
    ///     } } } } } },
    ///     "components": { "schemas": { "Input ": { "properties": { "title": { "type": "string", "maxLength": 80 } } } } },
    /// }));
    /// assert_eq!((schema.fields[0].name.as_str(), schema.fields[0].max_length), ("title", Some(80)));
    /// assert!(schema.broken.is_empty());
    /// ```
    pub fn read(openapi: &Value) -> Self {
        let mut reader = Reader { root: openapi, broken: Vec::new() };
        let mut fields = Vec::new();
        for path in values(&openapi["paths"]) {
            for content in values(&path["post"]["requestBody"]["content"]) {
                for (_, input) in
                    reader.properties(&content["schema"], DEPTH).into_iter().filter(|(name, _)| *name == "input")
                {
                    let properties = reader.properties(input, DEPTH);
                    fields.extend(properties.into_iter().map(|(name, schema)| reader.field(name, schema)));
                }
            }
        }
        Self { fields, broken: reader.broken }
    }
}

struct Reader<'a> {
    root: &'a Value,
    broken: Vec<String>,
}

impl<'a> Reader<'a> {
    fn field(&mut self, name: &str, schema: &'a Value) -> SchemaField {
        let mut field = SchemaField { name: name.trim().to_owned(), ..SchemaField::default() };
        for schema in self.alternatives(schema, DEPTH) {
            let words = schema["enum"].as_array().into_iter().flatten().chain(schema.get("const"));
            field.words.extend(words.filter_map(Value::as_str).map(str::to_owned));
            field.max_length = field.max_length.max(schema["maxLength"].as_u64());
            field.minimum = field.minimum.or(schema["minimum"].as_f64());
            field.maximum = field.maximum.or(schema["maximum"].as_f64());
        }
        field
    }

    /// Returns the properties of an object, and of the alternatives that it consists of.
    fn properties(&mut self, schema: &'a Value, depth: usize) -> Vec<(&'a str, &'a Value)> {
        let mut found: Vec<(&str, &Value)> = Vec::new();
        for schema in self.alternatives(schema, depth) {
            for (name, value) in schema["properties"].as_object().into_iter().flat_map(Map::iter) {
                if !found.iter().any(|(known, _)| known == name) {
                    found.push((name, value));
                }
            }
        }
        found
    }

    /// Returns the schema itself and all schemas that it consists of, without references.
    fn alternatives(&mut self, schema: &'a Value, depth: usize) -> Vec<&'a Value> {
        let Some(schema) = self.resolved(schema, depth) else { return Vec::new() };
        let mut all = vec![schema];
        if depth > 0 {
            for key in ["allOf", "oneOf", "anyOf"] {
                for part in schema[key].as_array().into_iter().flatten() {
                    all.extend(self.alternatives(part, depth - 1));
                }
            }
        }
        all
    }

    /// Follows references.
    fn resolved(&mut self, schema: &'a Value, depth: usize) -> Option<&'a Value> {
        let mut schema = schema;
        for _ in 0..=depth {
            let fields = schema.as_object()?;
            let Some(reference) = fields.iter().find(|(key, _)| key.trim() == "$ref").and_then(|(_, to)| to.as_str())
            else {
                return Some(schema);
            };
            let Some(target) = target(self.root, reference) else {
                if !self.broken.iter().any(|known| known == reference) {
                    self.broken.push(reference.to_owned());
                }
                return None;
            };
            schema = target;
        }
        None
    }
}

/// Returns the place in the document to which a reference such as `#/components/schemas/Input` leads. Spaces at the end
/// of a name do not count.
fn target<'a>(root: &'a Value, reference: &str) -> Option<&'a Value> {
    let path = reference.trim().strip_prefix("#/")?.replace("%20", " ");
    path.split('/').try_fold(root, |value, name| {
        let name = name.replace("~1", "/").replace("~0", "~");
        let fields = value.as_object()?;
        fields.get(&name).or_else(|| fields.iter().find(|(key, _)| key.trim() == name.trim()).map(|(_, value)| value))
    })
}

fn values(of: &Value) -> impl Iterator<Item = &Value> {
    of.as_object().into_iter().flat_map(Map::values)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn broken_and_circular_references_are_skipped() {
        let schema = MarketSchema::read(&json!({
            "paths": { "/x": { "post": { "requestBody": { "content": { "application/json": { "schema": {
                "properties": { "input": { "allOf": [
                    { "$ref ": "#/components/schemas/Base" },
                    { "$ref": "#/components/schemas/Missing" },
                    { "$ref": "#/components/schemas/Loop" },
                    { "properties": { "model": { "anyOf": [{ "enum": ["V6"] }, { "enum": ["V7"] }] } } },
                ] } },
            } } } } } } },
            "components": { "schemas": {
                "Base": { "properties": { "variety": { "minimum": 0, "maximum": 4 }, "bad": { "$ref": "#/nowhere" } } },
                "Loop": { "$ref": "#/components/schemas/Loop" },
            } },
        }));
        let names: Vec<_> = schema.fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["bad", "variety", "model"]);
        assert_eq!((schema.fields[1].minimum, schema.fields[1].maximum), (Some(0.0), Some(4.0)));
        assert_eq!(schema.fields[2].words, ["V6", "V7"]);
        assert_eq!(schema.broken, ["#/components/schemas/Missing", "#/nowhere"]);
        for odd in
            [json!(null), json!([1]), json!({ "paths": { "/x": 5 } }), json!({ "paths": { "x": { "post": [] } } })]
        {
            assert_eq!(MarketSchema::read(&odd), MarketSchema::default());
        }
    }
}

//! JSON Schemas of single bodies: requests, answers, records and callbacks. Each file is complete in itself.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, bail};
use serde_json::{Map, Value, json};

use super::names::pascal;

/// Beginning of a reference inside of a document.
const COMPONENTS: &str = "#/components/schemas/";

/// Ends of the names of the components that are whole bodies, or records of tasks.
const BODIES: [&str; 4] = ["Request", "Answer", "Record", "Body"];

/// Returns the schemas by their names.
pub(super) fn schemas(documents: &BTreeMap<&str, Value>) -> anyhow::Result<BTreeMap<String, Value>> {
    let mut schemas = BTreeMap::new();
    for (file, document) in documents {
        let components = document["components"]["schemas"].as_object().context("a document has components")?;
        for (name, schema) in components {
            if BODIES.iter().any(|end| name.ends_with(end)) || name == "Refusal" {
                let schema = standalone(name, schema, components)?;
                if schemas.get(name).is_some_and(|known| *known != schema) && name != "Refusal" {
                    bail!("{name} in {file} differs from that of another document");
                }
                schemas.insert(name.clone(), schema);
            }
        }
        for (name, fields) in queries(document)? {
            schemas.insert(name.clone(), standalone(&name, &fields, components)?);
        }
    }
    Ok(schemas)
}

/// Returns the schemas of the requests that are sent as a query, by their names.
fn queries(document: &Value) -> anyhow::Result<Vec<(String, Value)>> {
    let mut found = Vec::new();
    for operation in document["paths"].as_object().into_iter().flatten().filter_map(|(_, item)| item.get("get")) {
        let name = operation["operationId"].as_str().context("an operation has a name")?;
        let parameters = operation["parameters"].as_array().map_or(&[][..], Vec::as_slice);
        let mut properties = Map::new();
        for parameter in parameters {
            let field = parameter["name"].as_str().context("a parameter has a name")?;
            properties.insert(field.to_owned(), parameter["schema"].clone());
            properties[field]["description"] = parameter["description"].clone();
        }
        let required = parameters.iter().filter(|parameter| parameter["required"] == true);
        let required: Vec<_> = required.map(|parameter| &parameter["name"]).collect();
        let schema = json!({
            "type": "object", "description": operation["description"], "properties": properties, "required": required,
        });
        found.push((format!("{}Request", pascal(name)), schema));
    }
    Ok(found)
}

/// Returns a component with everything that it refers to.
fn standalone(name: &str, schema: &Value, components: &Map<String, Value>) -> anyhow::Result<Value> {
    let mut needed = BTreeSet::new();
    collect(schema, components, &mut needed)?;
    let mut whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("urn:kie-types:{name}"),
        "title": name,
    });
    if let (Some(whole), Some(fields)) = (whole.as_object_mut(), local(schema).as_object_mut()) {
        whole.append(fields);
        let needed = needed.into_iter().map(|name| (name.to_owned(), local(&components[name])));
        let needed: Map<_, _> = needed.collect();
        if !needed.is_empty() {
            whole.insert("$defs".into(), needed.into());
        }
    }
    Ok(whole)
}

/// Collects the names of all components that a schema refers to.
pub(super) fn collect<'a>(
    schema: &Value,
    components: &'a Map<String, Value>,
    needed: &mut BTreeSet<&'a str>,
) -> anyhow::Result<()> {
    if let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix(COMPONENTS)) {
        let (name, component) = components.get_key_value(name).with_context(|| format!("{name} is no component"))?;
        if needed.insert(name) {
            collect(component, components, needed)?;
        }
    }
    let fields = schema.as_object().into_iter().flatten().map(|(_, value)| value);
    fields.chain(schema.as_array().into_iter().flatten()).try_for_each(|value| collect(value, components, needed))
}

/// Returns a schema whose references lead to its own definitions.
fn local(schema: &Value) -> Value {
    match schema {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(key, value)| match value.as_str() {
                Some(target) if key == "$ref" => (key.clone(), target.replacen(COMPONENTS, "#/$defs/", 1).into()),
                _ => (key.clone(), local(value)),
            });
            Value::Object(fields.collect())
        }
        Value::Array(list) => list.iter().map(local).collect(),
        other => other.clone(),
    }
}

//! Schemas of responses, made from the fields of a response.

use schemars::Schema;
use serde_json::Map;

use super::prose::{describe_as, plain};

/// A field of a response: its name on the wire, its other names, the lines of its documentation, and its schema.
pub(crate) type Field<'a> = (&'a str, &'a [&'a str], &'a [&'a str], Schema);

/// Returns the schema of a response. No field is required, and each field may be null, as in recorded responses.
pub(crate) fn answer<const N: usize>(docs: &[&str], fields: [Field<'_>; N]) -> Schema {
    let mut properties = Map::new();
    for (name, aliases, docs, mut schema) in fields {
        let mut description = plain(&docs.join("\n"));
        if !aliases.is_empty() {
            let aliases: Vec<_> = aliases.iter().map(|alias| format!("`{alias}`")).collect();
            description = format!("{description} Also named {}.", aliases.join(", ")).trim_start().to_owned();
        }
        or_null(&mut schema);
        schema.insert("description".into(), description.into());
        properties.insert(name.to_owned(), schema.to_value());
    }
    let mut schema = schemars::json_schema!({ "type": "object", "properties": properties });
    describe_as(&mut schema, &plain(&docs.join("\n")));
    schema
}

/// Allows null, and also a text in place of a number that can have a fraction. Some documentation pages show such
/// values.
fn or_null(schema: &mut Schema) {
    let Some(kinds) = schema.get("type") else { return };
    let mut kinds: Vec<_> = kinds.as_array().cloned().unwrap_or_else(|| vec![kinds.clone()]);
    if kinds.contains(&"number".into()) {
        kinds.insert(1, "string".into());
    }
    if !kinds.contains(&"null".into()) {
        kinds.push("null".into());
    }
    schema.insert("type".into(), kinds.into());
}
